import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import t from 'tap'
import { machine } from '../../lib/host/machine.js'
import { seconds } from '../../lib/model/milliseconds.js'
import { isList, listAt, textAt } from '../../lib/sandbox/json.js'
import { adminConfig, startGuardedCluster } from '../examples/cluster.js'
import { asService } from '../cli/supervisor/as-service.js'
import { inNamespace, needing } from '../namespace.js'

const variable = 'KUBE_PORTAL_TEST_PACKAGE'

/** Runs a program that is to succeed, and resolves with what it printed. */
const run = async (program: string, ...args: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await machine.run(program, args, { timeout: seconds(100) })
  if (code !== 0) throw new Error(`${[program, ...args].join(' ')} failed: ${stdout}${stderr}`)
  return stdout
}

const sourceOf = (file: string): string => file.replace(/^dist\//, '').replace(/(\.d)?\.[jt]s$/, '.ts')

const isRunning = (file: string): boolean =>
  /^dist\/(bin\/[^/]+\.js|lib\/.+\.(js|d\.ts))$/.test(file) &&
  !file.startsWith('dist/lib/sandbox/') &&
  existsSync(sourceOf(file))

/** What npm says about the one package that it packed. */
const aboutIn = (text: string): unknown => {
  const all: unknown = JSON.parse(text)
  return isList(all) ? all[0] : undefined
}

/** Resolves when it says that it is ready. */
const ready = async ({ stderr }: ChildProcess): Promise<void> => {
  if (!stderr) throw new Error('no standard error')
  for await (const line of createInterface({ input: stderr })) if (line.includes('ready')) return
  throw new Error('it ended before it was ready')
}

/** The package as a user gets it, in an empty folder; outside of the namespace, where npm has a network. */
const install = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'package-'))
  t.teardown(() => rm(folder, { recursive: true }))
  await run('chmod', '755', folder)
  // Without scripts: they would build anew what others are running.
  const about = await run('npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', folder)
  await writeFile(join(folder, 'about.json'), about)
  const packed = aboutIn(about)
  const tarball = join(folder, textAt(packed, 'filename'))
  const quiet = ['--prefer-offline', '--no-fund', '--no-audit']
  await run('npm', 'install', '--global', '--prefix', folder, ...quiet, tarball)
  return folder
}

process.env[variable] ??= await install()
const folder = process.env[variable]
const program = join(folder, 'bin', 'kube-portal')

await inNamespace(import.meta.url, async () => {
  t.test('the package has what runs, and nothing else', async t => {
    const packed = aboutIn(await readFile(join(folder, 'about.json'), 'utf8'))
    const files = listAt(packed, 'files').map(file => textAt(file, 'path'))
    const others = files.filter(file => !isRunning(file))
    const config = ['examples/config/kube-portal.schema.json', 'examples/config/kube-portal.yaml']
    t.strictSame(others.sort(), ['CHANGELOG.md', 'LICENSE', 'README.md', ...config, 'package.json'])
    for (const file of ['bin/kube-portal.js', 'bin/guardian.js', 'lib/index.d.ts'])
      t.ok(files.includes(`dist/${file}`), file)
  })

  t.test('it says what it is', async t => {
    const manifest: unknown = JSON.parse(await readFile('package.json', 'utf8'))
    t.equal(await run(program, '--version'), `${textAt(manifest, 'version')}\n`)
    t.match(await run(program, '--help'), 'A userspace Service proxy for Kubernetes.')
  })

  const needed = await needing('kubectl', 'version', '--client')
  t.test("it runs a cluster with the DaemonSet's service account", needed, async t => {
    const cluster = await startGuardedCluster(program)
    await run('kubectl', '--kubeconfig', adminConfig, 'apply', '-f', 'examples/daemonset/kube-portal.yaml')
    await cluster.serves(t, cluster.run())
  })

  t.test('who embeds it gets types, and a proxy without a cluster that anybody may run', async t => {
    const source = await readFile('examples/static-services.ts', 'utf8')
    const project = join(folder, 'lib')
    const file = join(project, 'static-services.ts')
    await writeFile(file, source.replace('../lib/index.js', 'kube-portal'))
    await writeFile(join(project, 'package.json'), '{ "type": "module" }')
    const settings = [
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2022',
      '--types',
      'node',
      '--skipLibCheck',
    ]
    const types = join(process.cwd(), 'node_modules', '@types')
    await run(process.execPath, 'node_modules/typescript/bin/tsc', ...settings, '--typeRoots', types, file)
    const command = [...asService.slice(1), process.execPath, file.replace('.ts', '.js')]
    const child = spawn('setpriv', command, { stdio: ['ignore', 'ignore', 'pipe'] })
    await ready(child)
    const answers = await Promise.all(
      [1, 2, 3].map(() => fetch('http://127.0.0.1:14000').then(each => each.text())),
    )
    t.strictSame(answers.sort(), ['one\n', 'three\n', 'two\n'])
    child.kill('SIGTERM')
    t.strictSame(await once(child, 'exit'), [0, null])
  })
})
