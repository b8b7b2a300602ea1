import { type Command, Option } from 'commander'
import { verbosity } from '../parsers.js'
import { readBy } from './read-by.js'

/** How much the program says, and in what form. */
export interface LoggingOptions {
  readonly v: number
  readonly loggingFormat: 'text' | 'json'
}

export const withLoggingOptions = (command: Command): Command =>
  command
    .optionsGroup('Logging (on standard error):')
    .addOption(
      readBy(
        new Option(
          '-v, --v <level>',
          'how much to say: 0 the least, 2 the rules as written, 3 each refusal, 4 each connection',
        ),
        verbosity,
        '0',
      ),
    )
    .addOption(
      new Option('--logging-format <format>', 'lines for people, or JSON')
        .choices(['text', 'json'])
        .default('text'),
    )
