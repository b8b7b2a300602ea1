import { join } from 'node:path'
import type { Host, RunAs } from '../host/host.js'
import { errorCode } from '../model/error-text.js'
import { seconds } from '../model/milliseconds.js'
import type { Log } from '../observe/log.js'
import type { RunPlugin } from '../watch/exec-plugin/exec-plugin.js'

/** A plugin may open a browser, and wait for somebody to log in. */
const timeout = seconds(300)

/** What more is not worth reading. */
const mostLines = 20

// sudo leaves a PATH of its own, and plugins are where their user has them.
const folders = ['.local/bin', 'bin', '.krew/bin', 'google-cloud-sdk/bin', 'go/bin']
const others = ['/usr/local/bin', '/opt/homebrew/bin', '/snap/bin']

/** Where the programs of who called sudo are likely to be. */
export const pathOf = ({ home }: Pick<RunAs, 'home'>, path: string): string =>
  [path, ...folders.map(folder => join(home, folder)), ...others].join(':')

const unfound = (command: string, { user, home }: RunAs): Error =>
  Object.assign(
    new Error(
      `there is no program ${command} where sudo and ${user} have theirs: write its whole path in the kubeconfig, or put it in ${join(home, '.local/bin')}`,
    ),
    { code: 'ENOENT' },
  )

/**
 * Runs exec plugins on this machine, as `caller` where there is one, so that what they keep in that user's home stays theirs. What a
 * plugin says meanwhile is logged at once: it may ask its user to open a page.
 */
export const runPlugin =
  ({
    host,
    log,
    caller,
    path,
  }: {
    host: Host
    log: Log
    caller: RunAs | undefined
    path: string
  }): RunPlugin =>
  async ({ command, args, variables }, signal) => {
    let lines = 0
    const say = (text: string): void => {
      for (const line of text.split('\n')) {
        if (line.trim() === '' || (lines += 1) > mostLines) continue
        log.info(`exec plugin ${command}: ${line.trimEnd()}`)
      }
    }
    try {
      return await host.run(command, args, {
        ...{ timeout, giveUp: signal, as: caller, complaint: say },
        variables: { ...(caller && { PATH: pathOf(caller, path) }), ...variables },
      })
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error
      throw caller
        ? unfound(command, caller)
        : Object.assign(new Error(`there is no program ${command}`, { cause: error }), { code: 'ENOENT' })
    }
  }
