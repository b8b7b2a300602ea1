import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import t from 'tap'
import { thisMachine } from '../faults-guardian/this-machine.js'
import { inNamespace } from '../namespace.js'
import { kubeconfig, startStage } from '../services/stage.js'
import { type Ended, kubePortal, program } from './command.js'

/** Asks the Service web, where its variables say that it is, and prints the answer. */
const asking = `fetch('http://' + process.env.WEB_SERVICE_HOST + ':' + process.env.WEB_SERVICE_PORT)
  .then(answer => answer.text())
  .then(text => console.log(text.trim()))`

await inNamespace(import.meta.url, async () => {
  const stage = await startStage('nft')
  await stage.deploy('web')
  stage.expose('web')
  await stage.synced()
  await stage.portal.stop()
  const before = await thisMachine('nft')
  const usual = [
    ...['exec', '--kubeconfig', kubeconfig, '--hostname-override', stage.cluster.nodeName],
    ...['--iptables-backend', 'nft'],
  ]
  const exec = (...args: readonly string[]): Promise<Ended> => kubePortal([...usual, ...args])

  for (const capture of ['redirect', 'bind', 'none'])
    t.test(`a command reaches Services while it runs, and nothing is left (${capture})`, async t => {
      const ended = await exec('--capture', capture, '--', process.execPath, '-e', asking)
      t.match(ended, { code: 0, stdout: /^web-\S+\n$/, stderr: '' })
      t.equal(await thisMachine('nft'), before)
    })

  t.test(
    'a command is led to the SOCKS port that is ours where another program has the usual one',
    async t => {
      const other = createServer().listen(1080, '127.0.0.1')
      await once(other, 'listening')
      const ended = await exec('--capture', 'socks', '--', 'sh', '-c', 'echo $ALL_PROXY $all_proxy')
      t.match(ended, { code: 0, stdout: 'socks5h://127.0.0.1:1081 socks5h://127.0.0.1:1081\n' })
      other.close()
    },
  )

  t.test('its exit code is the command’s, and a command that there is not is said', async t => {
    t.equal((await exec('--capture', 'none', '--', process.execPath, '-e', 'process.exit(7)')).code, 7)
    t.strictSame(await exec('--capture', 'none', '--', 'no-such-program'), {
      ...{ code: 2, stdout: '' },
      stderr: `kube-portal: cannot run no-such-program: there is no such program
  what to do: give the command as you would without kube-portal, after --
`,
    })
  })

  t.test('who is asked to stop while the command runs lets it decide, and then stops', async t => {
    const waiting = `process.on('SIGTERM', () => process.exit(3)); setInterval(() => {}, 1000); console.log('here')`
    const args = [program, ...usual, '--capture', 'redirect', '--', process.execPath, '-e', waiting]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    t.not(await thisMachine('nft'), before)
    child.kill('SIGTERM')
    await once(child, 'exit')
    t.equal(child.exitCode, 3)
    t.equal(await thisMachine('nft'), before)
  })

  t.test('where Services cannot be served, the command is not run', async t => {
    const args = ['exec', '--kubeconfig', '/nowhere', '--', process.execPath, '-e', 'console.log(1)']
    t.match(await kubePortal(args), { code: 2, stdout: '', stderr: /there is no kubeconfig \/nowhere/ })
  })
})
