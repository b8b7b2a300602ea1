// npm run chaos [-- PART-OF-A-NAME …]: the long trials, one after the other, and a table of what was promised and what was seen.
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { errorText } from '../../lib/model/error-text.js'
import { collected, type Seen } from './saw.js'

/** No row takes longer, or it is ended and counts as broken. */
const longest = 20 * 60_000

const folder = fileURLToPath(new URL('rows/', import.meta.url))

const isRow = (value: unknown): value is Seen =>
  typeof value === 'object' && value !== null && 'fault' in value

const rowsIn = (file: string): readonly Seen[] => {
  try {
    return readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line))
      .filter(isRow)
  } catch (error) {
    return [{ fault: file, promise: 'says what it saw', seen: errorText(error), kept: false }]
  }
}

/** Runs one trial to its end. Resolves with what it saw, and with a broken row where it did not end well for another reason. */
const trial = async (name: string, seen: string): Promise<readonly Seen[]> => {
  process.stderr.write(`chaos: ${name}\n`)
  const child = spawn(process.execPath, [join(folder, name)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, [collected]: seen, TAP_TIMEOUT: String(longest / 1000) },
    timeout: longest,
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  const code = await new Promise<number | null>(resolve => child.on('close', resolve))
  const rows = rowsIn(seen)
  if (code === 0 || rows.some(({ kept }) => !kept)) return rows
  process.stderr.write(said)
  return [
    ...rows,
    { fault: name, promise: 'is tried to its end', seen: `ended with ${String(code)}`, kept: false },
  ]
}

const cell = (text: string): string => text.replaceAll('|', '/')

const line = ({ fault, promise, seen, kept }: Seen): string =>
  `| ${[fault, promise, seen, kept ? 'kept' : 'BROKEN'].map(cell).join(' | ')} |\n`

const wanted = process.argv.slice(2)
const names = readdirSync(folder)
  .filter(name => name.endsWith('.js'))
  .filter(name => wanted.length === 0 || wanted.some(part => name.includes(part)))
  .sort()
if (names.length === 0) {
  process.stderr.write(`chaos: no trial is called like ${wanted.join(' or ')}\n`)
  process.exit(2)
}
const place = mkdtempSync(join(tmpdir(), 'kube-portal-chaos-'))
const rows: Seen[] = []
try {
  for (const name of names) rows.push(...(await trial(name, join(place, `${name}.json`))))
} finally {
  rmSync(place, { recursive: true, force: true })
}
process.stdout.write('| fault | promised | seen | |\n|---|---|---|---|\n')
for (const row of rows) process.stdout.write(line(row))
process.exitCode = rows.every(({ kept }) => kept) ? 0 : 1
