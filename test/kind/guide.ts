import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** What somebody types, and what they see. */
export interface Step {
  readonly command: string
  /** Where a line is `…`, or has it in it, anything may be. */
  readonly output: readonly string[]
}

/** A section of the guide, with what is typed in it on Linux. */
export interface Section {
  readonly title: string
  readonly steps: readonly Step[]
}

const stepsOf = (lines: readonly string[]): readonly Step[] => {
  const steps: { command: string; output: string[] }[] = []
  let isTyped = false
  for (const line of lines) {
    const [, prompt, command] = /^ {4}([$%]) (.*)$/.exec(line) ?? []
    if (prompt === undefined) {
      if (isTyped && line.startsWith('    ')) steps.at(-1)?.output.push(line.slice(4))
      else isTyped = false
      continue
    }
    // What is typed on macOS is not for us, nor what is seen then.
    isTyped = prompt === '$'
    if (isTyped) steps.push({ command: command ?? '', output: [] })
  }
  return steps
}

/** The sections of `examples/kind/README.md`. */
export const guide = (): readonly Section[] => {
  const file = fileURLToPath(new URL('../../../examples/kind/README.md', import.meta.url))
  return readFileSync(file, 'utf8')
    .split(/^## /m)
    .map(text => text.split('\n'))
    .map(([title = '', ...lines]) => ({ title, steps: stepsOf(lines) }))
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** What a terminal or a program showed, as it is read: without what was wiped, and without blanks at the ends of lines. */
export const readable = (shown: string): string =>
  shown
    .replaceAll('\r\n', '\n')
    .replaceAll(/[^\n]*\r\x1b\[K/g, '')
    .replaceAll(/[ \t]+$/gm, '')
    // A row of the first screen that goes on in the next line, as terminals differ in width.
    .replaceAll(/\n {11}(?=\S)/g, ' ')
    .trim()

/** What fits the output of a step. */
export const expected = ({ output }: Step): RegExp =>
  new RegExp(`^${output.map(line => escaped(line.trimEnd()).replaceAll('…', '[^]*?')).join('\\n')}$`)
