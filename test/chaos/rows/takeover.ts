import t from 'tap'
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { isOf } from '../../../examples/demo/portal-process.js'
import type { Endpoint } from '../../../lib/model/endpoint.js'
import { errorCode } from '../../../lib/model/error-text.js'
import { exchange } from '../../cli/stage.js'
import { onEachBackend } from '../../services/each-backend.js'
import { startStage } from '../../services/stage.js'
import { reload } from '../../takeover/reload.js'
import { udpClient } from '../../udp-client.js'
import { saw } from '../saw.js'

const connections = 100_000
const callers = 24

/** What one new connection says: the answer to one question, or the system's code. */
const call = ({ address: host, port }: Endpoint): Promise<string> =>
  new Promise(resolve => {
    let answer = ''
    const socket = connect({ host, port })
    socket.setEncoding('utf8').on('data', (text: string) => (answer += text))
    socket.on('error', error => resolve(errorCode(error) ?? error.message))
    socket.on('close', () => resolve(answer.trim()))
    socket.end('hostname\n')
  })

await onEachBackend(import.meta.url, async backend => {
  // 100,000 short connections from one address need more ports than there are by default.
  writeFileSync('/proc/sys/net/ipv4/tcp_tw_reuse', '1')
  writeFileSync('/proc/sys/net/ipv4/ip_local_port_range', '1024 65535')
  const stage = await startStage(backend)
  const { node } = stage.clients
  const [web = ''] = await stage.deploy('web')
  const ports = [
    { name: 'tcp', port: 80, targetPort: 8080 },
    { name: 'udp', port: 80, targetPort: 8080, protocol: 'UDP' },
  ]
  stage.expose('web', { type: 'NodePort', ports })
  await stage.synced()
  const there = stage.clusterIp('web')

  t.test('a new process takes over, again and again, under load', async t => {
    const { portal } = stage
    const from = portal.now()
    let left = connections
    let failed = 0
    const answers = new Map<string, number>()
    const calling = Array.from({ length: callers }, async () => {
      while (left > 0) {
        left -= 1
        const answer = await call(there)
        if (answer === web) continue
        failed += 1
        answers.set(answer, (answers.get(answer) ?? 0) + 1)
      }
    })
    const old = await node.connect(there)
    const client = await udpClient({ host: there.address, port: there.port })
    let datagrams = 0
    let lost = 0
    const asking = (async () => {
      while (left > 0) {
        datagrams += 1
        if ((await client.ask('hostname\n')).trim() !== web) lost += 1
      }
    })()
    let reloads = 0
    while (left > 5000) {
      await reload(stage)
      reloads += 1
    }
    await Promise.all([...calling, asking])
    client.close()
    const fault = `SIGHUP, ${reloads} times (${backend})`
    saw(t, {
      ...{ fault, promise: `no TCP connection of ${connections} fails` },
      seen: `${failed} failed${failed > 0 ? `: ${JSON.stringify(Object.fromEntries(answers))}` : ''}`,
      kept: failed === 0 && reloads > 1,
    })
    saw(t, {
      ...{ fault, promise: 'a UDP client is answered all the time' },
      seen: `${lost} of ${datagrams} datagrams were not`,
      kept: lost === 0 && datagrams > 0,
    })
    const answer = String(await exchange(old, 'hostname')).trim()
    saw(t, {
      ...{ fault, promise: 'a connection from before goes on' },
      seen: answer === web ? 'it does' : answer,
      kept: answer === web,
    })
    const written = portal.events(from).filter(isOf('rules-written')).length
    saw(t, {
      ...{ fault, promise: 'no rule is written' },
      seen: `${written} were`,
      kept: written === 0,
    })
  })
})
