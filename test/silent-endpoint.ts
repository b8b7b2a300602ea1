import { once } from 'node:events'
import { connect } from 'node:net'
import { Worker } from 'node:worker_threads'
import type { Endpoint } from '../lib/model/endpoint.js'
import { ipAddress } from '../lib/model/ip-address.js'
import { port } from '../lib/model/port.js'

const program = `
const { parentPort } = require('node:worker_threads')
const server = require('node:net').createServer()
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  parentPort.postMessage(server.address().port)
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
})`

/**
 * An endpoint on loopback that answers no SYN: its queue is full, and its thread stands still for ever, so that
 * nothing is accepted. Until the test is over.
 */
export const silentEndpoint = async (scene: { teardown(end: () => unknown): void }): Promise<Endpoint> => {
  const worker = new Worker(program, { eval: true })
  const message = await new Promise<unknown>(resolve => worker.once('message', resolve))
  const endpoint = { address: ipAddress('127.0.0.1'), port: port(Number(message)) }
  // A queue of 1 holds two.
  const fillers = [1, 2].map(() => connect({ host: endpoint.address, port: endpoint.port }))
  scene.teardown(() => {
    for (const socket of fillers) socket.destroy()
    return worker.terminate()
  })
  await Promise.all(fillers.map(socket => once(socket, 'connect')))
  return endpoint
}
