// The proxy without a cluster: a Service from a literal, at a port of 127.0.0.1. Anybody may run it:
//   npm run build && node dist/examples/static-services.js
import { createServer } from 'node:http'
import { once } from 'node:events'
import * as kubePortal from '../lib/index.js'

const { milliseconds, port, realClock: clock, seconds } = kubePortal
const loopback = kubePortal.ipAddress('127.0.0.1')

/** What serves: a program that says its name. */
const startServer = async (name: string): Promise<kubePortal.Endpoint> => {
  const server = createServer((_, response) => response.end(`${name}\n`))
    .listen(0, loopback)
    .unref()
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new TypeError('no TCP server')
  return { address: loopback, port: port(address.port) }
}

const name: kubePortal.ServicePortName = { namespace: 'shop', service: 'web', port: '', protocol: 'TCP' }

const web: kubePortal.ServicePort = {
  ...{ id: kubePortal.servicePortId(name), name, family: 'IPv4', policy: 'Cluster' },
  // Nothing leads clients from there to us: with NoCapture they come to the local port.
  portals: [{ kind: 'cluster-ip', address: kubePortal.ipAddress('10.96.0.10'), port: port(80) }],
  endpoints: [await startServer('one'), await startServer('two'), await startServer('three')],
  ...{ othersServe: false, affinity: { kind: 'none' }, terms: {} },
}

/** A source that never changes. A real one calls `changed` whenever `snapshot` has another answer. */
const source: kubePortal.Source = {
  start: changed => changed(),
  snapshot: () => ({ ...kubePortal.emptySnapshot, servicePorts: [web] }),
  close: () => Promise.resolve(),
}

const log = kubePortal.openLog({ format: 'text', verbosity: 2, stream: process.stderr })
const report = log.event
const connections = new kubePortal.Connections(new kubePortal.Budget(1000))
const localPorts = new kubePortal.LocalPorts(kubePortal.portRange('14000-14099'), new Map())

// What goes in a circle is ended; here, where we dial only our own servers, nothing does.
const ownSockets = new kubePortal.OwnSockets(() => Promise.resolve(false))
const rounds = new kubePortal.Rounds(clock)

const listen = (opening: kubePortal.Opening): Promise<kubePortal.Listener> =>
  kubePortal.listenTcp({
    ...{ ...opening, host: loopback, clock, report, connections, ownSockets, rounds },
    reach: new kubePortal.DirectReach({ clock }),
    budget: new kubePortal.Budget(64 * 1024 * 1024),
    terms: { idleTimeout: milliseconds(0), onEndpointGone: { kind: 'keep' } },
    isOurs: () => false,
  })

const proxy = new kubePortal.Proxy({
  served: new kubePortal.ServedPorts({
    ...{ localPorts, listen, report, addresses: () => [loopback], places: kubePortal.noPlaces },
    holders: new kubePortal.Holders({ listen, report }),
    prepare: () => Promise.resolve([]),
    newPicker: () => new kubePortal.ServicePicker({ clock, random: Math.random }),
  }),
  capture: new kubePortal.NoCapture(),
  keeper: new kubePortal.Keeper({
    folder: kubePortal.stateFolder(kubePortal.withoutFiles, '/'),
    ...{ localPorts, clock, report },
  }),
  healthChecks: { open: [], update: () => Promise.resolve(), close: () => Promise.resolve() },
  ...{ openPorts: () => [], nodePortsAt: () => undefined },
  ...{ localPorts, connections, clock, report },
  ...{ syncPeriod: seconds(30), minSyncPeriod: seconds(1) },
})

proxy.start(source)
log.info('try: curl http://127.0.0.1:14000   (again and again; Ctrl-C ends it)')
await new Promise(resolve => process.once('SIGINT', resolve).once('SIGTERM', resolve))
await proxy.stop({ drainTimeout: seconds(1), hurry: AbortSignal.abort() })
