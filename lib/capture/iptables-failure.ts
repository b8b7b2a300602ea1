import type { Output } from '../host/host.js'
import { errorCode, errorText } from '../model/error-text.js'
import { Failure } from '../model/failure.js'

/** The cure where iptables is missing. */
export const howToInstall =
  'install it (apt-get install iptables, dnf install iptables-nft), with /usr/sbin in PATH'

const failedLine = /\bline:? (\d+)/

const complaint = ({ code, stderr }: Output): string =>
  stderr
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !/^Try |^Error occurred/.test(line))
    .join('; ') || (code > 128 ? `signal ${code - 128} ended it` : `it ended with code ${code}`)

/** What went wrong when `program` could not be run at all. */
export const notRun = (program: string, cause: unknown): Failure => {
  const code = errorCode(cause)
  if (code === 'ENOENT')
    return new Failure('missing', `there is no program ${program} here`, { cure: howToInstall, cause })
  if (code === 'ETIMEDOUT')
    return new Failure('failed', `${program} did not end in time`, { cure: 'it will be tried again', cause })
  return new Failure('failed', `cannot run ${program}: ${errorText(cause)}`, {
    cure: `try ${program} by hand`,
    cause,
  })
}

/** What went wrong when `program`, given `input`, ended with a code other than 0. */
export const refused = (program: string, output: Output, input = ''): Failure => {
  const said = complaint(output)
  if (/permission denied|must be root|operation not permitted/i.test(said))
    return new Failure('missing', `${program} may not do its work: ${said}`, {
      cure: program.includes('legacy')
        ? 'run as root: iptables-legacy needs /run/xtables.lock'
        : 'run as root, or with CAP_NET_ADMIN and CAP_NET_RAW',
    })
  if (/xtables lock|xtables\.lock/i.test(said))
    return new Failure('failed', `${program} is locked by another program: ${said}`, {
      cure: 'it will be tried again; `fuser /run/xtables.lock` names the other program',
    })
  if (/message too long/i.test(said))
    return new Failure('failed', `the kernel refused so many rules at once from ${program}: ${said}`, {
      cure: 'run as root of the machine: in a user namespace it takes no more than net.core.wmem_max bytes',
    })
  const line = input.split('\n')[Number(failedLine.exec(output.stderr)?.[1]) - 1]
  const where = line ? `, at: ${line}` : ''
  return new Failure('failed', `${program} refused: ${said}${where}`, {
    cure: 'it will be tried again; where a table or match is unknown, load its kernel module',
  })
}

// This line stands, with exit code 0, for a whole table. Taken for an empty one, it would get our jumps once more
// with every sync.
const unreadableTable = /^# Table `(nat|filter)' is incompatible/m

// A comment, a table, a chain, a rule with or without counters, a table's end.
const strange = /^(?!#|\*|:|-A |\[|COMMIT$|$).*/m

const tablesIn = (saved: string, line: RegExp): number => Array.from(saved.matchAll(line)).length

/** Why what `iptables-save` printed must not be believed, or undefined when it may. */
export const whyUnreadable = (program: string, saved: string): Failure | undefined => {
  const table = unreadableTable.exec(saved)?.[1]
  if (table !== undefined) {
    const message = `${program} cannot read the table ${table}: it holds rules that only nft can make`
    return new Failure('conflict', message, {
      cure: `move them to a table of their own; \`nft list ruleset\` shows them`,
    })
  }
  const said = strange.exec(saved)?.[0]
  if (said === undefined && tablesIn(saved, /^\*/gm) === tablesIn(saved, /^COMMIT$/gm)) return undefined
  const message = `${program} printed what makes no sense: ${said?.slice(0, 80) ?? 'a table without an end'}`
  return new Failure('failed', message, { cure: `it will be tried again; try ${program} by hand` })
}
