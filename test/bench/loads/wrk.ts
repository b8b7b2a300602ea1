import { inPod } from '../stage/network.js'
import { output } from '../stage/program.js'
import { ports } from '../stage/services.js'
import type { Done, Load } from './load.js'

const milliseconds: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000 }

const latency = (text: string, percent: number): number => {
  const [, value, unit = ''] = new RegExp(`^\\s+${percent}%\\s+([\\d.]+)(us|ms|s|m)$`, 'm').exec(text) ?? []
  return Number(value) * (milliseconds[unit] ?? Number.NaN)
}

/** Reads what `wrk --latency` prints. Throws when a request failed: what is measured then is something else. */
const read = (text: string): Done => {
  const trouble = /^\s*(Socket errors|Non-2xx).*$/m.exec(text)
  const units = Number(/(\d+) requests in/.exec(text)?.[1] ?? 0)
  if (trouble || units === 0) throw new Error(trouble?.[0].trim() ?? 'no request was answered')
  return { units, latency: { p50: latency(text, 50), p99: latency(text, 99) } }
}

const wrk =
  (headers: readonly string[]): Load['run'] =>
  async ({ address }, seconds) => {
    const url = `http://${address}:${ports.web}/`
    const args = ['-t', '1', '-c', '32', '-d', `${seconds}s`, '--latency', ...headers, url]
    return read(await output(inPod('client', ['wrk', ...args]), seconds * 1000 + 5000))
  }

export const requests: Load = {
  name: 'keep-alive requests, 32 clients',
  unit: { cpu: 'µs', of: 'request' },
  kind: 'web',
  needs: 'wrk',
  run: wrk([]),
}

export const connections: Load = {
  name: 'new connections, 32 clients',
  unit: { cpu: 'µs', of: 'connection' },
  kind: 'web',
  needs: 'wrk',
  run: wrk(['-H', 'Connection: close']),
}
