import { type Port, port } from './port.js'

/** Ports from `first` to `last`, both included. */
export interface PortRange {
  readonly first: Port
  readonly last: Port
}

const written = /^(\d+)(?:([-+])(\d+))?$/

/** Reads a range as kube-proxy does: `14000-29999`, `14000+100` (and the 100 after it), `14000`. Throws RangeError. */
export const portRange = (text: string): PortRange => {
  const [, first, sign, rest] = written.exec(text) ?? []
  if (first === undefined)
    throw new RangeError(`a range of ports is written like 14000-29999, not ${JSON.stringify(text)}`)
  const last = sign === undefined ? first : sign === '-' ? rest : Number(first) + Number(rest)
  const range = { first: port(Number(first)), last: port(Number(last)) }
  if (range.last < range.first) throw new RangeError(`a range of ports ends after it begins, unlike ${text}`)
  return range
}

export const portRangeText = ({ first, last }: PortRange): string => `${first}-${last}`

export const portRangeSize = ({ first, last }: PortRange): number => last - first + 1
