import t from 'tap'
import { chooseStreams } from '../../lib/cli/streams.js'
import * as handles from '../../lib/stream/tcp-handle.js'

t.test("bytes go through Node's public sockets on macOS, and wherever that is asked for", async t => {
  chooseStreams('linux', undefined)
  chooseStreams('darwin', 'handles')
  t.ok(handles.tcpHandles)
  chooseStreams('darwin', undefined)
  t.equal(handles.tcpHandles, undefined)
})
