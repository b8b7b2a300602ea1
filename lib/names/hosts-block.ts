const begin = '# BEGIN kube-portal'
/** Of a block that had to end the line before it, which had no end. */
const beginAfterOpenLine = '# BEGIN kube-portal (the line before had no end)'
const end = '# END kube-portal'

const comment = [
  '# Services of a cluster, at their cluster IPs: they work where kube-portal captures those.',
  "# From BEGIN to END is kube-portal's to change, and to take out.",
]

/** What a line of ours looks like. */
const ownLine = /^(# (Services of|From BEGIN).*|[0-9a-f.:]+ {2}[-.a-z0-9]+ [-.a-z0-9]+\.svc)$/

/** The same for one that was not written to its end. */
const isOwnBeginning = (line: string): boolean =>
  /^[0-9a-f.:]+( ?| {2}[-. a-z0-9]*)$/.test(line) || [...comment, end].some(each => each.startsWith(line))

/** The block with these lines, to be appended to a hosts file, or to be looked for in it. */
export const hostsBlock = (lines: readonly string[]): string => blockFrom(begin, lines)

const blockFrom = (first: string, lines: readonly string[]): string =>
  [first, ...comment, ...lines, end, ''].join('\n')

const withoutEnd = (line: string): string => line.replace(/\r?\n$/, '')

const isBegin = (line: string | undefined): boolean =>
  line !== undefined && [begin, beginAfterOpenLine].includes(withoutEnd(line))

/** How many of `lines` are of the block that begins with the first: where its end is missing, those that look like ours. */
const lengthOf = (lines: readonly string[]): number => {
  const last = lines.findIndex((line, index) => index > 0 && (withoutEnd(line) === end || isBegin(line)))
  if (last !== -1 && withoutEnd(lines[last] ?? '') === end) return last + 1
  let length = 1
  while (ownLine.test(withoutEnd(lines[length] ?? ''))) length += 1
  const next = lines[length]
  const isCut = next !== undefined && length === lines.length - 1 && !next.endsWith('\n')
  return isCut && isOwnBeginning(next) ? length + 1 : length
}

interface Others {
  readonly before: string
  readonly after: string
}

/** What others wrote before the first block of ours, and after it; all is before where there is none. */
const othersIn = (text: string): Others => {
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? []
  let before: string | undefined
  let others = ''
  let endsOpen = false
  for (let at = 0; at < lines.length;) {
    const line = lines[at] ?? ''
    if (isBegin(line)) {
      if (before === undefined) endsOpen = withoutEnd(line) === beginAfterOpenLine
      before ??= others
      at += lengthOf(lines.slice(at))
      continue
    }
    if (withoutEnd(line) !== end) others += line
    at += 1
  }
  const first = before ?? others
  const after = others.slice(first.length)
  // Somebody has written on: then that line needs its end.
  return { before: endsOpen && after === '' ? first.replace(/\n$/, '') : first, after }
}

/** The text without any block of ours, whole or not, from whatever run. All else is as it was. */
export const withoutBlock = (text: string): string => {
  const { before, after } = othersIn(text)
  return before + after
}

/** The text with one block of ours, of these lines: in the place of the first that was there, else at the end. */
export const withBlock = (text: string, lines: readonly string[]): string => {
  const { before, after } = othersIn(text)
  return before === '' || before.endsWith('\n')
    ? before + hostsBlock(lines) + after
    : `${before}\n${blockFrom(beginAfterOpenLine, lines)}${after}`
}
