import { type Command, InvalidArgumentError, Option } from 'commander'
import { errorText } from '../../model/error-text.js'
import type { IpAddress } from '../../model/ip-address.js'
import { type Target, target } from '../explain/target.js'
import { address } from '../parsers.js'
import { readBy } from './read-by.js'
import { type AskingOptions, withAskingOptions } from './status.js'

/** What `kube-portal explain` was told. */
export interface ExplainOptions extends AskingOptions {
  readonly from?: IpAddress
}

const readTarget = (text: string): Target => {
  try {
    return target(text)
  } catch (error) {
    throw new InvalidArgumentError(`${errorText(error)}.`)
  }
}

export const withExplainOptions = (command: Command): Command =>
  withAskingOptions(
    command
      .argument('<target>', 'ADDRESS:PORT, where clients come to, or svc/NAME[:PORT]', readTarget)
      .addOption(
        readBy(new Option('--from <address>', 'of the client in question; default: this machine'), address),
      ),
  )
