import type { Clock } from '../../model/clock.js'
import { errorCode, errorText } from '../../model/error-text.js'
import { type Milliseconds, seconds } from '../../model/milliseconds.js'
import { ApiError } from '../api-error.js'
import { type ExecCredential, execCredential } from './exec-credential.js'
import type { PluginCall, PluginChoice } from './plugin-call.js'

/**
 * Runs a plugin to its end, without standard input. Rejects with code `ENOENT` where there is no such program, and when it takes
 * longer than a user would for a login; the program is ended then, and when `signal` aborts.
 */
export type RunPlugin = (
  call: PluginCall,
  signal: AbortSignal,
) => Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>

/** What it takes to run plugins. */
export interface PluginParts {
  readonly run: RunPlugin
  readonly clock: Clock
  /** The wall clock's time, in ms since 1970: what credentials expire by. */
  readonly now: () => number
}

/** A plugin that failed is left alone for so long: it may have opened a browser. */
const pause = seconds(10)

interface Held<Made> {
  readonly made: Made
  readonly expires: number | undefined
  readonly since: Milliseconds
}

/**
 * What is made of an exec plugin's credentials, kept until they expire or are refused. However many ask, the plugin runs once at a
 * time.
 */
export class ExecPlugin<Made> {
  readonly #choice: PluginChoice
  readonly #parts: PluginParts
  readonly #make: (credential: ExecCredential) => Promise<Made>
  #held: Held<Made> | undefined
  #running: Promise<Held<Made>> | undefined
  #failed: { readonly error: unknown; readonly at: Milliseconds } | undefined

  constructor(
    choice: PluginChoice,
    { make, ...parts }: PluginParts & { readonly make: (credential: ExecCredential) => Promise<Made> },
  ) {
    this.#choice = choice
    this.#parts = parts
    this.#make = make
  }

  /** What is held, or what the plugin gives. Rejects with an `ApiError` that says what the plugin said. */
  async get(signal: AbortSignal): Promise<Made> {
    const { clock, now } = this.#parts
    const held = this.#held
    if (held && (held.expires === undefined || now() < held.expires)) return held.made
    if (this.#failed && clock.now() - this.#failed.at < pause) throw this.#failed.error
    this.#running ??= this.#run(signal).finally(() => (this.#running = undefined))
    return (await this.#running).made
  }

  /** The server did not take `made`. Says whether it is worth while to ask again: not for what was new just now. */
  refused(made: Made): boolean {
    const held = this.#held
    if (held?.made !== made) return held !== undefined
    this.#held = undefined
    return this.#parts.clock.now() - held.since >= pause
  }

  async #run(signal: AbortSignal): Promise<Held<Made>> {
    const { clock } = this.#parts
    try {
      const credential = await this.#ask(signal)
      this.#held = { made: await this.#make(credential), expires: credential.expires, since: clock.now() }
      this.#failed = undefined
      return this.#held
    } catch (cause) {
      const text = `no credentials from the exec plugin ${this.#choice.call.command}: ${errorText(cause)}`
      const error = new ApiError('unauthorized', text, { cause })
      this.#failed = { error, at: clock.now() }
      throw error
    }
  }

  async #ask(signal: AbortSignal): Promise<ExecCredential> {
    const { call, apiVersion, installHint, mayAsk } = this.#choice
    // What a plugin that wanted to ask somebody says is rarely that.
    const unasked = mayAsk
      ? '; it can ask nobody here: if it wants to, log in first, with kubectl get services'
      : ''
    try {
      const { code, stdout, stderr } = await this.#parts.run(call, signal)
      if (code === 0) return execCredential(stdout, apiVersion)
      const said = stderr.trim() === '' ? 'it said nothing' : stderr.trim()
      throw new Error(`exit code ${code}: ${said}${unasked}`)
    } catch (error) {
      if (errorCode(error) !== 'ENOENT' || installHint === undefined) throw error
      throw new Error(`${errorText(error)}; ${installHint.trim()}`, { cause: error })
    }
  }
}
