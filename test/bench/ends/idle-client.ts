// idle-client.js HOST PORT COUNT: opens so many connections, has each answered once, says `ready` and holds them.
import { once } from 'node:events'
import { connect } from 'node:net'

const [host = '', port = '', count = ''] = process.argv.slice(2)

const open = async (): Promise<void> => {
  const socket = connect({ host, port: Number(port) })
  socket.on('error', error => {
    process.stderr.write(`idle client: ${error.message}\n`)
    process.exit(1)
  })
  socket.write('GET / HTTP/1.1\r\nHost: bench\r\n\r\n')
  await once(socket, 'data')
}

// In small groups: no backlog is to overflow, or we would measure how long a client waits to try again.
for (let opened = 0; opened < Number(count); opened += 50) await Promise.all(Array.from({ length: 50 }, open))
process.stdout.write('ready\n')
