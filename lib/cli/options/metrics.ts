import { type Command, Option } from 'commander'
import type { HttpPlace } from '../../observe/http-port.js'
import { count, metricsPlace } from '../parsers.js'
import { readBy } from './read-by.js'

/** Where others ask what we have done, and how much they are told. */
export interface MetricsOptions {
  /** Absent: as --capture has it. */
  readonly metricsBindAddress?: HttpPlace | 'nowhere'
  readonly metricsServices: number
}

export const withMetricsOptions = (command: Command): Command =>
  command
    .optionsGroup('Metrics:')
    .addOption(
      readBy(
        new Option(
          '--metrics-bind-address <address:port>',
          "where /metrics, /proxyMode and /configz are answered; 0.0.0.0 or [::]: at all addresses; '' or port 0: nowhere; default: 127.0.0.1:10249, with --capture none nowhere",
        ),
        metricsPlace,
      ),
    )
    .addOption(
      readBy(
        new Option(
          '--metrics-services <count>',
          'how many Services have numbers of their own; what the others do is summed up',
        ),
        count,
        '1000',
      ),
    )
