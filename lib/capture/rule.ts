/**
 * A rule without its chain, as a line of `iptables-save` has it: `-p tcp -m comment --comment "shop/cart" -j ACCEPT`.
 * Quoting may differ between equal rules: `sameRule` compares.
 */
export type Rule = string

const unprintable = /[^\x20-\x7e]/gu
const special = /["\\']/g

/**
 * The part of a rule that says what it is for: always one argument, whatever is in `text`. What is not printable ASCII
 * becomes `?` (a newline would begin another rule, and break whatever restores what iptables saves), and what is
 * longer than the 255 characters that iptables takes is cut.
 */
export const comment = (text: string): string =>
  `-m comment --comment "${text.replace(unprintable, '?').slice(0, 255).replace(special, '\\$&')}"`

const anyToken = /"((?:[^"\\]|\\.)*)"|(\S+)/g
const escaped = /\\(.)/g

/** The rule's arguments, without quotes and escapes. */
export const tokensOf = (rule: Rule): string[] =>
  Array.from(rule.matchAll(anyToken), ([, inQuotes, bare = '']) => inQuotes?.replace(escaped, '$1') ?? bare)

export const sameRule = (a: Rule, b: Rule): boolean => {
  // Nearly always; and 10,000 rules are compared in no time.
  if (a === b) return true
  const [left, right] = [tokensOf(a), tokensOf(b)]
  return left.length === right.length && left.every((token, index) => token === right[index])
}

/** The chain that the rule sends packets to, or undefined. */
export const targetOf = (rule: Rule): string | undefined => {
  const tokens = tokensOf(rule)
  const index = tokens.findLastIndex(token => token === '-j' || token === '-g')
  return index < 0 ? undefined : tokens[index + 1]
}
