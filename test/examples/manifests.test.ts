import t from 'tap'
import { at, listAt, numberAt, textAt, textsAt } from '../../lib/sandbox/json.js'
import { kubePortal } from '../cli/command.js'
import { container, manifestOf, manifestsIn } from './manifests.js'
import { wrongWith } from './schema.js'

const daemonSet = manifestOf('kube-portal.yaml', 'DaemonSet')
const pod = at(daemonSet, 'spec', 'template', 'spec')

for (const file of ['kube-portal.yaml', 'kind.yaml'])
  for (const manifest of manifestsIn(file)) {
    const kind = textAt(manifest, 'kind')
    t.test(`all fields of the ${kind} in ${file} are the API's, and of its types`, async t => {
      t.strictSame(wrongWith(manifest, `V1${kind}`, kind), [])
    })
  }

t.test('fields that the API does not have, and values of other types, are found', async t => {
  const broken = {
    ...daemonSet,
    spec: {
      selectors: {},
      template: { spec: { hostNetwork: 'yes', containers: [{ ports: [{ hostPort: '1' }] }] } },
    },
  }
  t.strictSame(wrongWith(broken, 'V1DaemonSet', 'DaemonSet'), [
    'DaemonSet.spec.selectors: V1DaemonSetSpec has no such field',
    'DaemonSet.spec.template.spec.hostNetwork is no boolean',
    'DaemonSet.spec.template.spec.containers[0].ports[0].hostPort is no number',
  ])
})

t.test('the DaemonSet gives kube-portal options that it has', async t => {
  const [command = '', ...args] = textsAt(container, 'args')
  const { stdout } = await kubePortal([command, '--help'])
  for (const arg of args) t.match(stdout, `${arg.split('=')[0] ?? ''} `)
})

t.test('a volume is there for each that is mounted', async t => {
  const names = (list: readonly unknown[]): readonly string[] => list.map(each => textAt(each, 'name'))
  t.strictSame(names(listAt(container, 'volumeMounts')), names(listAt(pod, 'volumes')))
})

t.test('the grace of a pod is longer than connections get', async t => {
  t.ok((numberAt(pod, 'terminationGracePeriodSeconds') ?? 0) > 10 + 5)
})
