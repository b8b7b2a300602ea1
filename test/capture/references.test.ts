import t from 'tap'
import { chains } from '../../lib/capture/chains.js'
import { referenceLines, referencesTo } from '../../lib/capture/references.js'
import type { Reference } from '../../lib/capture/ruleset.js'

const wanted = referencesTo(chains.filter(({ from, table }) => table === 'nat' && from[0] === 'PREROUTING'))
const [portals, nodePorts] = wanted.map(({ rule }) => rule)
const at = (place: number, rule = ''): Reference => ({ from: 'PREROUTING', place, rule })
const last =
  '-A PREROUTING -m addrtype --dst-type LOCAL -m comment --comment "handle service NodePorts; NOTE: this must be the last rule in the chain" -j KUBE-NODEPORT-CONTAINER'

t.test('the first jumps are put first, and the last one last', t => {
  t.strictSame(referenceLines([], wanted), [`-I PREROUTING 1 ${portals}`, last])
  t.end()
})

t.test('who comes after our last jump is left there', t => {
  t.strictSame(referenceLines([at(1, portals), at(4, nodePorts)], wanted), [])
  t.end()
})

t.test('who came before our first jump makes only that one move', t => {
  t.strictSame(referenceLines([at(2, portals), at(3, nodePorts)], wanted), [
    `-D PREROUTING ${portals}`,
    `-I PREROUTING 1 ${portals}`,
  ])
  t.end()
})

t.test('the last jump never stands before the first', t => {
  t.strictSame(referenceLines([at(1, nodePorts), at(2, portals)], wanted), [
    `-D PREROUTING ${portals}`,
    `-I PREROUTING 1 ${portals}`,
  ])
  t.end()
})

t.test('a jump that is there twice, or says something else, goes', t => {
  const [doubled, other] = [at(5, nodePorts), at(6, '-j KUBE-NODEPORT-CONTAINER')]
  t.strictSame(referenceLines([at(1, portals), at(2, nodePorts), doubled, other], wanted), [
    `-D PREROUTING ${portals}`,
    `-D PREROUTING ${doubled.rule}`,
    `-D PREROUTING ${other.rule}`,
    `-I PREROUTING 1 ${portals}`,
  ])
  t.end()
})

t.test('where no node ports are wanted any more, their jump goes', t => {
  t.strictSame(referenceLines([at(1, portals), at(2, nodePorts)], wanted.slice(0, 1)), [
    `-D PREROUTING ${portals}`,
    `-D PREROUTING ${nodePorts}`,
    `-I PREROUTING 1 ${portals}`,
  ])
  t.end()
})
