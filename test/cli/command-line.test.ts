import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { kubePortal, program } from './command.js'

/** Nowhere to find a kubeconfig by accident. */
const nowhere = { HOME: '/nonexistent', KUBECONFIG: '', KUBERNETES_SERVICE_HOST: '' }

const mistakes: readonly (readonly [string, readonly string[], string])[] = [
  [
    'an option that does not exist',
    ['run', '--kubeconfg', 'x'],
    "error: unknown option '--kubeconfg'\n(Did you mean --kubeconfig?)\nRun with --help for all options.\n",
  ],
  [
    'a command that does not exist',
    ['rn'],
    "error: unknown command 'rn'\n(Did you mean run?)\nRun with --help for all options.\n",
  ],
  [
    'a duration without a unit',
    ['run', '--drain-timeout', '10'],
    `error: option '--drain-timeout <duration>' argument '10' is invalid. a duration is written like 10s, 1m30s or 250ms, not "10".\nRun with --help for all options.\n`,
  ],
  [
    'a sync period of 0',
    ['run', '--iptables-sync-period', '0s'],
    "error: option '--iptables-sync-period <duration>' argument '0s' is invalid. it must be more than 0.\nRun with --help for all options.\n",
  ],
  [
    'a word for connections of gone endpoints that there is not',
    ['run', '--on-endpoint-gone', 'close'],
    `error: option '--on-endpoint-gone <what>' argument 'close' is invalid. it is keep, reset, or reset=30s with a grace, not "close".\nRun with --help for all options.\n`,
  ],
  [
    'a port range that ends before it begins',
    ['run', '--proxy-port-range', '300-200'],
    "error: option '--proxy-port-range <range>' argument '300-200' is invalid. a range of ports ends after it begins, unlike 300-200.\nRun with --help for all options.\n",
  ],
  [
    'an API server that is no URL',
    ['run', '--master', '10.0.0.1'],
    "error: option '--master <url>' argument '10.0.0.1' is invalid. an API server is written like https://192.0.2.1:6443.\nRun with --help for all options.\n",
  ],
  [
    'what is neither a place nor a Service',
    ['explain', 'web'],
    `error: command-argument value 'web' is invalid for argument 'target'. it is ADDRESS:PORT[/udp], [ADDRESS]:PORT or svc/NAME[:PORT], not "web".\nRun with --help for all options.\n`,
  ],
  [
    'a selector of labels that is none',
    ['status', '-l', 'app=('],
    `error: option '-l, --selector <labels>' argument 'app=(' is invalid. unable to parse requirement: found "app=(", expected: a label selector.\nRun with --help for all options.\n`,
  ],
  [
    'no kubeconfig anywhere',
    ['run', '--dry-run'],
    'kube-portal: there is no kubeconfig, so no way to know where the API server is\n  what to do: name one with --kubeconfig FILE or KUBECONFIG, or the server with --master URL\n',
  ],
]

for (const [what, args, said] of mistakes)
  t.test(`${what} is a usage error that says what to do`, async t => {
    t.strictSame(await kubePortal(args, nowhere), { code: 2, stdout: '', stderr: said })
  })

t.test('a context that the kubeconfig lacks is a usage error that names those it has', async t => {
  const folder = t.testdir({ config: readFileSync('test/cli/kubeconfig.yaml', 'utf8') })
  const { code, stderr } = await kubePortal(
    ['run', '--dry-run', '--kubeconfig', `${folder}/config`, '--context', 'kind'],
    nowhere,
  )
  t.equal(code, 2)
  t.equal(
    stderr.replaceAll(folder, 'FOLDER'),
    'kube-portal: FOLDER/config (--kubeconfig) has no context "kind"\n  what to do: choose one with --context: home, work\n',
  )
})

t.test('a server that nobody is at ends a dry run with 4', async t => {
  const { code, stdout, stderr } = await kubePortal(
    ['run', '--dry-run', '--master', 'https://127.0.0.1:1'],
    nowhere,
  )
  t.strictSame([code, stdout], [4, ''])
  t.match(
    stderr,
    /kube-portal: cannot list \w+: connect ECONNREFUSED 127\.0\.0\.1:1\n {2}what to do: check that/,
  )
})

t.test('Ctrl-C ends a dry run that waits for the server, and blames nobody', async t => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const child = spawn(
    process.execPath,
    [program, 'run', '--dry-run', '--master', `http://127.0.0.1:${port ?? 0}`],
    {
      env: { ...process.env, ...nowhere },
    },
  )
  const [stderr] = await Promise.all([
    text(child.stderr),
    once(child, 'exit'),
    once(server, 'connection').then(() => child.kill('SIGINT')),
  ])
  t.equal(child.signalCode, 'SIGINT')
  t.notMatch(stderr, 'what to do')
  server.close()
})

t.test('--help names every option with its unit, its default and the exit codes', async t => {
  for (const [command, file] of [
    [['--help'], 'help.txt'],
    [['run', '--help'], 'help-run.txt'],
    [['exec', '--help'], 'help-exec.txt'],
    [['config', 'validate', '--help'], 'help-config-validate.txt'],
    [['cleanup', '--help'], 'help-cleanup.txt'],
    [['doctor', '--help'], 'help-doctor.txt'],
    [['completion', '--help'], 'help-completion.txt'],
    [['hosts', '--help'], 'help-hosts.txt'],
    [['status', '--help'], 'help-status.txt'],
    [['trace', '--help'], 'help-trace.txt'],
    [['explain', '--help'], 'help-explain.txt'],
  ] as const)
    t.equal((await kubePortal(command)).stdout, readFileSync(`test/cli/${file}`, 'utf8'), file)
})

t.test('--version prints what the package says', async t => {
  const manifest: unknown = JSON.parse(readFileSync('package.json', 'utf8'))
  t.match(manifest, { version: (await kubePortal(['--version'])).stdout.trim() })
})

t.test('an error that nobody caught, and a promise that nobody waited for, end it with 70', async t => {
  for (const fault of ["throw new Error('a fault')", "Promise.reject(new Error('a fault'))"]) {
    const script = `const { write } = process.stdout
      process.stdout.write = text => {
        setImmediate(() => { ${fault} })
        return write.call(process.stdout, text)
      }`
    const NODE_OPTIONS = `--import data:text/javascript,${encodeURIComponent(script)}`
    const { code, stderr } = await kubePortal(['--version'], { NODE_OPTIONS })
    t.equal(code, 70, fault)
    t.match(stderr, /^kube-portal: internal error: Error: a fault\n {4}at /)
  }
})

t.test('too few open files are said before anything is loaded', async t => {
  const script = 'ulimit -n 512 && exec "$0" "$@"'
  const child = spawn('sh', ['-c', script, process.execPath, program, 'run', '--dry-run'], {
    env: { ...process.env, ...nowhere },
  })
  const [said] = await Promise.all([text(child.stderr), once(child, 'close')])
  t.equal(child.exitCode, 5)
  t.match(
    said,
    /^kube-portal: no more than 512 files may be open here, and it takes 1024\n {2}what to do: raise/,
  )
})
