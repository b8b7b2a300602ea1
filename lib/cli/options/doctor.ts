import { type Command, Option } from 'commander'
import type { PortRange } from '../../model/port-range.js'
import { localPortRange } from '../parsers.js'
import { readBy } from './read-by.js'

/** What `kube-portal doctor` was told. */
export interface DoctorOptions {
  readonly output: 'table' | 'json'
  readonly proxyPortRange: PortRange
}

export const withDoctorOptions = (command: Command): Command =>
  command
    .addOption(
      new Option('-o, --output <format>', 'for people, or for programs')
        .choices(['table', 'json'])
        .default('table'),
    )
    .addOption(
      readBy(new Option('--proxy-port-range <range>', 'as `run` has it'), localPortRange, '14000-29999'),
    )
