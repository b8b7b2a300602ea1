import t from 'tap'
import { checkNames, chosenBy } from '../../../lib/cli/status/chosen.js'
import { selector } from '../../../lib/cli/parsers.js'
import { services } from '../../control/statuses.js'

const names = (...asked: Parameters<typeof chosenBy>): readonly string[] =>
  services.filter(chosenBy(...asked)).map(({ name }) => name)

t.test('Services are chosen by name, namespace and labels', async t => {
  t.strictSame(names([], {}), ['kube-dns', 'cart', 'db', 'edge', 'new'])
  t.strictSame(names(['svc/cart', 'edge'], {}), ['cart', 'edge'])
  t.strictSame(names([], { namespace: 'kube-system' }), ['kube-dns'])
  t.strictSame(names([], { selector: selector('app in (cart,db),!tier') }), ['cart', 'db'])
  t.throws(() => selector('app=('), { code: 'commander.invalidArgument' })
})

t.test('a name that there is not is answered with what may have been meant', async t => {
  const cureOf = (name: string, namespace?: string): string => {
    try {
      checkNames([name], services, { namespace })
      return ''
    } catch (error) {
      return error instanceof Error && 'cure' in error ? String(error.cure) : ''
    }
  }
  t.equal(cureOf('svc/cart'), '')
  t.equal(cureOf('carts'), 'did you mean cart?')
  t.equal(cureOf('dns'), 'did you mean db, kube-dns?')
  t.equal(cureOf('cart', 'kube-system'), 'it is in namespace shop: use -n')
  t.equal(cureOf('something-else'), 'kube-portal status shows all that there are')
})
