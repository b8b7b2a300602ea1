import type { IpOptions } from '../../routing/ip-command.js'

/** As addresses of lo0 do, what is here ends with a restart of the machine. Not in `--state-dir`: whoever cleans up must find it. */
const folder = '/var/run/kube-portal'

const pathOf = ({ family }: IpOptions): string => `${folder}/lo0-${family.toLowerCase()}`

/** The addresses that we may have given to lo0, in this run or in an earlier one. */
export const noted = async (options: IpOptions): Promise<readonly string[]> =>
  ((await options.host.readFile(pathOf(options))) ?? '').split('\n').filter(line => line !== '')

const write = async (options: IpOptions, addresses: readonly string[]): Promise<void> => {
  const { host } = options
  if (addresses.length === 0) await host.removeFile(pathOf(options))
  else await host.writeFile(pathOf(options), addresses.map(line => `${line}\n`).join(''))
}

/** To be called, and waited for, before lo0 gets them: then a crash in between leaves nothing that nobody knows of. */
export const noteDown = async (options: IpOptions, addresses: readonly string[]): Promise<void> =>
  write(options, [...new Set([...(await noted(options)), ...addresses])])

/** To be called when lo0 has them no more. */
export const forget = async (options: IpOptions, addresses: readonly string[]): Promise<void> => {
  if (addresses.length === 0) return
  const gone = new Set(addresses)
  await write(
    options,
    (await noted(options)).filter(address => !gone.has(address)),
  )
}
