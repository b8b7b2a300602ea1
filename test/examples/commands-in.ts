import { readFileSync } from 'node:fs'

/** The lines of a guide that are to be typed. */
export const commandsIn = (guide: string): readonly string[] =>
  readFileSync(guide, 'utf8')
    .split('\n')
    .filter(line => line.startsWith('    '))
    .map(line => line.trim())

/** The words of a line, as a shell would have them: quoted or not. */
export const wordsOf = (line: string): readonly string[] =>
  (line.match(/'[^']*'|\S+/g) ?? []).map(word => word.replace(/^'(.*)'$/, '$1'))
