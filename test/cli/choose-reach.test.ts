import t from 'tap'
import { chooseReach, type ReachFacts } from '../../lib/cli/reach/choose-reach.js'

const laptop: ReachFacts = {
  node: undefined,
  isSupervised: false,
  hasRoutes: () => Promise.resolve(false),
  answering: () => Promise.resolve(undefined),
  whyNoRoutes: () => Promise.resolve(undefined),
}

const unasked = (): Promise<never> => Promise.reject(new Error('nobody has to find that out'))

t.test('a Node reaches endpoints as they are, and dials none to find out', async t => {
  const nobody = { hasRoutes: unasked, answering: unasked, whyNoRoutes: unasked }
  t.strictSame(await chooseReach({ ...laptop, ...nobody, node: 'worker-1' }), {
    ...{ reach: 'direct', why: 'this machine is the Node worker-1' },
  })
  t.strictSame(await chooseReach({ ...laptop, ...nobody, isSupervised: true }), {
    ...{ reach: 'direct', why: 'a supervisor started this, as it does on a node' },
  })
})

t.test('where an endpoint answers, nothing is added', async t => {
  const answering = () => Promise.resolve('10.244.1.5:8080')
  t.strictSame(await chooseReach({ ...laptop, answering, whyNoRoutes: unasked }), {
    ...{ reach: 'direct', why: '10.244.1.5:8080 answers from here' },
  })
})

t.test('routes are added where they lead to the pods, else the API server forwards', async t => {
  t.strictSame(await chooseReach(laptop), {
    reach: 'routes',
    why: "pods do not answer from here, and their nodes are on this machine's network",
  })
  const whyNoRoutes = () => Promise.resolve('only root may add routes')
  t.strictSame(await chooseReach({ ...laptop, whyNoRoutes }), {
    ...{ reach: 'portforward', why: 'pods do not answer from here, and only root may add routes' },
  })
})

t.test(
  'pods that answer over routes which an earlier run left are not taken for reachable without them',
  async t => {
    const hasRoutes = () => Promise.resolve(true)
    const answering = () => Promise.resolve('10.244.1.5:8080')
    t.strictSame(await chooseReach({ ...laptop, hasRoutes, answering }), {
      ...{ reach: 'routes', why: 'kube-portal has routes to pods here already' },
    })
    const whyNoRoutes = () => Promise.resolve('routes would be a change to this machine')
    t.strictSame(await chooseReach({ ...laptop, hasRoutes, answering, whyNoRoutes }), {
      reach: 'portforward',
      why: 'the routes to pods here are of another kube-portal, and routes would be a change to this machine',
    })
  },
)
