import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { Tokens } from '../../lib/sandbox/api/serve/authorization.js'
import { kubeconfigFor } from '../../lib/sandbox/api/serve/kubeconfig.js'
import { newStore, startSandbox } from '../sandbox/api/sandbox.js'
import { type Ended, kubePortal } from './command.js'

const skip = process.getuid?.() === 0 ? false : 'only root can become somebody else'

const uid = 4711

const login = `#!/bin/sh
mkdir -p "$HOME/.kube/cache" && date > "$HOME/.kube/cache/token" || exit 1
echo "open https://login.example" >&2
[ -n "$FAIL" ] && exit 1
cat <<EOF
{ "kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1", "status": { "token": "adas" } }
EOF
`

/** Runs `run --dry-run` as sudo would for ada, whose kubeconfig has an exec plugin beside it. */
const asAda = async (env: NodeJS.ProcessEnv = {}): Promise<{ ended: Ended; home: string }> => {
  const home = mkdtempSync(join(tmpdir(), 'home-of-ada-'))
  t.teardown(() => rmSync(home, { recursive: true }))
  const tokens: Tokens = { adas: { name: 'ada' } }
  const { server } = await startSandbox(newStore(), tokens)
  t.teardown(() => server.close())
  const folder = join(home, '.kube')
  mkdirSync(folder)
  const config = kubeconfigFor({ url: server.url, ca: server.ca, token: 'replaced' })
  const exec = '"exec": { "apiVersion": "client.authentication.k8s.io/v1", "command": "./login" }'
  writeFileSync(join(folder, 'config'), config.replace(/"token": "replaced"/, exec))
  writeFileSync(join(folder, 'login'), login)
  chmodSync(join(folder, 'login'), 0o755)
  for (const path of ['.kube/config', '.kube/login', '.kube', '']) chownSync(join(home, path), uid, uid)
  const sudo = { SUDO_USER: 'ada-of-the-test', SUDO_UID: `${uid}`, SUDO_GID: `${uid}`, SUDO_HOME: home }
  const ours = { KUBECONFIG: '', HOME: '/nonexistent', FAIL: '' }
  const ended = await kubePortal(['run', '--dry-run', '--capture', 'none'], { ...ours, ...sudo, ...env })
  return { ended, home }
}

t.test(
  "under sudo the caller's exec plugin runs as the caller, and leaves no file of root",
  { skip },
  async t => {
    const { ended, home } = await asAda()
    t.equal(ended.code, 0, ended.stderr)
    t.match(ended.stderr, `${home}/.kube/config of ada-of-the-test, who called sudo`)
    t.match(ended.stderr, `exec plugin ${home}/.kube/login: open https://login.example`)
    for (const path of ['.kube/cache', '.kube/cache/token'])
      t.equal(statSync(join(home, path)).uid, uid, path)
  },
)

t.test('an exec plugin that fails ends it with 4, and says what the plugin said', { skip }, async t => {
  const { ended } = await asAda({ FAIL: 'yes' })
  t.equal(ended.code, 4)
  t.match(
    ended.stderr,
    /\nkube-portal: cannot list \w+: no credentials from the exec plugin .*: exit code 1: open https/,
  )
})
