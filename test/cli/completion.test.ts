import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { machine } from '../../lib/host/machine.js'
import { seconds } from '../../lib/model/milliseconds.js'
import { needing } from '../namespace.js'
import { kubePortal } from './command.js'

const folder = mkdtempSync(join(tmpdir(), 'kube-portal-completion-'))
t.teardown(() => {
  rmSync(folder, { recursive: true })
})

/** The file of the script for a shell. */
const scriptFor = async (shell: string): Promise<string> => {
  const { code, stdout } = await kubePortal(['completion', shell])
  if (code !== 0) throw new Error(`code ${code}`)
  const file = join(folder, `_kube-portal.${shell}`)
  writeFileSync(file, stdout)
  return file
}

/** The lines that a shell prints. Throws where it complains. */
const lines = async (shell: string, args: readonly string[]): Promise<readonly string[]> => {
  const { stdout, stderr } = await machine.run(shell, args, { timeout: seconds(20) })
  if (stderr !== '') throw new Error(stderr)
  return stdout.trim().split('\n')
}

/** What each shell is to offer after these words. */
const cases: readonly (readonly [readonly string[], readonly string[]])[] = [
  [
    ['run', '--capture', ''],
    ['auto', 'bind', 'dnat', 'none', 'redirect', 'socks'],
  ],
  [['cleanup', '--dr'], ['--dry-run']],
  [['run', '--context', ''], []],
  [['doc'], ['doctor']],
]

t.test('bash completes commands, options and their words', async t => {
  const file = await scriptFor('bash')
  const offered = async (words: readonly string[]): Promise<readonly string[]> => {
    const script = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _kube_portal; printf '%s\\n' "\${COMPREPLY[@]}"`
    const found = await lines('bash', ['-c', script, 'bash', file, 'kube-portal', ...words])
    return found.filter(word => word !== '').sort()
  }
  for (const [words, wanted] of cases) t.strictSame(await offered(words), wanted, words.join(' '))
  t.strictSame(await offered(['run', '--capture', '=', 'd']), ['dnat'], 'an option and its value in one')
  t.strictSame(await offered(['cleanup', '--state-dir', folder.slice(0, -1)]), [folder], 'a folder')
  t.match(await offered(['completion', '']), ['--help', '-h', 'bash', 'fish', 'zsh'])
})

t.test('fish completes commands, options and their words', await needing('fish', '--version'), async t => {
  const file = await scriptFor('fish')
  for (const [words, wanted] of cases) {
    const script = `source ${file}; complete -C ${JSON.stringify(['kube-portal', ...words].join(' '))}`
    const found = await lines('fish', ['--no-config', '-c', script])
    const offered = found.map(line => line.replace(/\t.*/, '')).filter(word => word !== '')
    // Where it knows nothing it offers files; ours are not among them.
    if (wanted.length > 0) t.strictSame(offered.sort(), wanted, words.join(' '))
  }
})

t.test('zsh takes the script for a completion of the program', await needing('zsh', '--version'), async t => {
  const file = await scriptFor('zsh')
  t.strictSame(await lines('zsh', ['-f', '-n', file]), [''])
  const script = `autoload -U compinit; compinit -u -D; source ${file}; print $_comps[kube-portal]; functions _kube_portal_run`
  const [name, ...body] = await lines('zsh', ['-f', '-c', script])
  t.equal(name, '_kube_portal')
  t.match(body.join('\n'), '--capture=[how clients are led here]:value:(auto redirect dnat bind socks none)')
})

t.test('another shell is refused, with the names of those that there are', async t => {
  const { code, stderr } = await kubePortal(['completion', 'tcsh'])
  t.equal(code, 2)
  t.match(stderr, 'Allowed choices are bash, zsh, fish.')
})
