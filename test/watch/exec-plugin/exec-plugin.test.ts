import t from 'tap'
import { errorText } from '../../../lib/model/error-text.js'
import { ExecPlugin, type RunPlugin } from '../../../lib/watch/exec-plugin/exec-plugin.js'
import { pluginChoice } from '../../../lib/watch/exec-plugin/plugin-call.js'
import { FakeClock } from '../../fake-clock.js'

const { signal } = new AbortController()
const apiVersion = 'client.authentication.k8s.io/v1'
const cluster = { server: 'https://192.0.2.1:6443', skipTLSVerify: false }

const answer = (status: object, more: object = {}): string =>
  JSON.stringify({ kind: 'ExecCredential', apiVersion, status, ...more })

/** A plugin that answers as it is told, and whose credentials are shown as texts. */
const stage = (answers: readonly string[], exec: object = {}) => {
  const clock = new FakeClock()
  const left = [...answers]
  let runs = 0
  const run: RunPlugin = () => {
    runs += 1
    const said = left.shift() ?? ''
    const failed = said.startsWith('!')
    if (said === 'missing')
      return Promise.reject(Object.assign(new Error('there is no program login'), { code: 'ENOENT' }))
    return Promise.resolve({ code: failed ? 1 : 0, stdout: failed ? '' : said, stderr: said.slice(1) })
  }
  const choice = pluginChoice({ command: 'login', apiVersion, ...exec }, { cluster, origin: 'config' })
  const plugin = new ExecPlugin(choice, {
    ...{ run, clock, now: () => clock.now() },
    make: ({ token, certificate }) => Promise.resolve({ text: token ?? certificate?.cert ?? '' }),
  })
  const get = async (): Promise<string> => (await plugin.get(signal)).text
  return { plugin, clock, get, runs: () => runs, said: () => get().catch(errorText) }
}

t.test('a plugin runs once for many who ask, and its token is kept', async t => {
  const { get, runs, clock } = stage([answer({ token: 'one' }), answer({ token: 'two' })])
  t.strictSame(await Promise.all([get(), get(), get()]), ['one', 'one', 'one'])
  clock.advance(10_000_000)
  t.strictSame([await get(), runs()], ['one', 1])
})

t.test('a token that expires is replaced by then', async t => {
  const expirationTimestamp = new Date(60_000).toISOString()
  const { get, clock } = stage([answer({ token: 'one', expirationTimestamp }), answer({ token: 'two' })])
  t.equal(await get(), 'one')
  clock.advance(59_999)
  t.equal(await get(), 'one')
  clock.advance(1)
  t.equal(await get(), 'two')
})

t.test('a token that the server does not take is replaced, but not at once when it was new', async t => {
  const { get, plugin, clock } = stage(['one', 'two', 'three'].map(token => answer({ token })))
  const first = await plugin.get(signal)
  t.equal(plugin.refused(first), false, 'just now')
  t.equal(await get(), 'two')
  t.equal(plugin.refused(first), true, 'there is another one by now')
  clock.advance(10_000)
  t.equal(plugin.refused(await plugin.get(signal)), true)
  t.equal(await get(), 'three')
})

t.test('a certificate comes with its key', async t => {
  const { get } = stage([answer({ clientCertificateData: 'cert', clientKeyData: 'key' })])
  t.equal(await get(), 'cert')
})

const noCredentials = 'no credentials from the exec plugin login: '
const unasked = '; it can ask nobody here: if it wants to, log in first, with kubectl get services'

t.test('a plugin that fails is left alone for a while, and says why to all who ask', async t => {
  const { said, runs, clock } = stage(['!log in first\nat https://login', '!again', answer({ token: 'one' })])
  const failed = `${noCredentials}exit code 1: log in first; at https://login${unasked}`
  t.strictSame(await Promise.all([said(), said()]), [failed, failed])
  t.strictSame([await said(), runs()], [failed, 1])
  clock.advance(10_000)
  t.match(await said(), 'again')
  clock.advance(10_000)
  t.equal(await said(), 'one')
})

t.test('a plugin that never asks is not said to want to', async t => {
  t.equal(
    await stage(['!'], { interactiveMode: 'Never' }).said(),
    `${noCredentials}exit code 1: it said nothing`,
  )
})

t.test('a plugin that is missing is said with how to install it', async t => {
  t.equal(
    await stage(['missing'], { installHint: 'get it from https://example.com\n' }).said(),
    `${noCredentials}there is no program login; get it from https://example.com`,
  )
  t.equal(await stage(['missing']).said(), `${noCredentials}there is no program login`)
})

for (const [printed, why] of [
  ['hello', 'it printed no JSON: "hello"'],
  ['{}', 'it printed no ExecCredential'],
  [answer({}, { apiVersion: 'v0' }), `it answered in "v0", and was asked in ${apiVersion}`],
  [answer({}), 'it printed neither a token nor a certificate'],
  [answer({ clientCertificateData: 'x' }), 'it printed a certificate without a key'],
  [answer({ token: 'x', expirationTimestamp: 'soon' }), 'it printed the expirationTimestamp "soon"'],
] as const)
  t.test(`an answer is refused: ${why}`, async t => {
    t.equal(await stage([printed]).said(), noCredentials + why)
  })
