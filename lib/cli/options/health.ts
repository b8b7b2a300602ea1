import { type Command, Option } from 'commander'
import type { HttpPlace } from '../../observe/http-port.js'
import { healthPlace } from '../parsers.js'
import { readBy } from './read-by.js'

/** Where others ask how we are. */
export interface HealthOptions {
  /** Absent: as --capture has it. */
  readonly healthzBindAddress?: HttpPlace | 'nowhere'
}

export const withHealthOptions = (command: Command): Command =>
  command
    .optionsGroup('Health:')
    .addOption(
      readBy(
        new Option(
          '--healthz-bind-address <address:port>',
          "where /healthz, /livez and /readyz are answered; 0.0.0.0 or [::]: at all addresses; '' or port 0: nowhere; default: 0.0.0.0:10256, with --capture none nowhere",
        ),
        healthPlace,
      ),
    )
