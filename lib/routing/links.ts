import { ip, type IpOptions } from './ip-command.js'

const shown = /^\d+: ([^:@\s]+)(?:@\S+)?: <([^>]*)>/gm

/** The interfaces in what `ip -o link show` printed that have no neighbours to tell apart: those of tunnels and VPNs. */
export const pointToPointIn = (text: string): ReadonlySet<string> =>
  new Set(
    Array.from(text.matchAll(shown))
      .filter(([, , flags = '']) => /\b(?:POINTOPOINT|NOARP)\b/.test(flags))
      .map(([, name = '']) => name),
  )

/** Those of this machine now. */
export const pointToPointLinks = async (options: IpOptions): Promise<ReadonlySet<string>> =>
  pointToPointIn(await ip(options, ['-o', 'link', 'show']))
