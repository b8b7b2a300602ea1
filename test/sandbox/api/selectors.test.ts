import t from 'tap'
import { kindOf } from '../../../lib/sandbox/api/kinds.js'
import { fieldSelector, meets } from '../../../lib/sandbox/api/select/field-selector.js'
import { matches } from '../../../lib/model/label-selector.js'
import { labelSelector } from '../../../lib/sandbox/api/select/label-selector.js'

const labels = { app: 'web', tier: 'front', 'example.com/zone': '' }

t.test('a label selector chooses by =, ==, !=, in, notin, a key, and !a key', async t => {
  const yes = [
    ...['', 'app=web', 'app==web,tier!=back', 'tier in (back, front)', 'tier notin (back),app', '!beta'],
    ...['beta!=1', 'beta notin (1)', 'example.com/zone=', 'app in (web),tier in (front,back)'],
  ]
  const no = [
    'app=db',
    'tier in (back)',
    'app notin (web,db)',
    '!app',
    'beta',
    'app=web,beta=1',
    'beta in (1)',
  ]
  for (const text of yes) t.ok(matches(labelSelector(text), labels), text)
  for (const text of no) t.notOk(matches(labelSelector(text), labels), text)
})

t.test('a label selector that makes no sense is a bad request', async t => {
  for (const text of ['a b', 'a=b=c', 'a in b', '=b', 'a in (b'])
    t.throws(() => labelSelector(text), { code: 400 }, text)
})

t.test('a field selector chooses by name, node and phase', async t => {
  const pod = { metadata: { name: 'p' }, spec: { nodeName: 'n1' }, status: { phase: 'Running' } }
  const met = (text: string): boolean => meets(fieldSelector(kindOf('pods'), text), pod)
  t.ok(met('metadata.name=p,spec.nodeName==n1,status.phase!=Failed'))
  t.notOk(met('metadata.name=q'))
  t.notOk(met('status.phase!=Running'))
})

t.test('a field that the kind cannot be chosen by is a bad request', async t => {
  t.throws(() => fieldSelector(kindOf('services'), 'status.phase=x'), {
    code: 400,
    message: 'field label not supported: status.phase',
  })
})
