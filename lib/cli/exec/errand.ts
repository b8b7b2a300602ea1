import type { Endpoint } from '../../model/endpoint.js'
import type { ProxyEvent } from '../../model/event.js'
import { describe } from '../../observe/describe.js'
import type { PortView } from '../../proxy/port-view.js'
import type { Front } from '../front.js'
import type { ChosenOptions } from '../options.js'
import { sayError } from '../say-error.js'
import { environment } from './environment.js'

/** Says only what is wrong, and knows when all is served. */
export class Errand implements Front {
  #tellReady: (() => void) | undefined
  /** Resolves when a portal was tried, and all that the cluster wants is in force. */
  readonly ready = new Promise<void>(resolve => {
    this.#tellReady = resolve
  })
  #view: () => readonly PortView[] = () => []
  /** Where SOCKS clients come to; undefined: nowhere. */
  #socks: Endpoint | undefined
  options: ChosenOptions | undefined

  follow(view: () => readonly PortView[], options: ChosenOptions): void {
    this.#view = view
    this.options = options
  }

  readonly event = (event: ProxyEvent): void => {
    if (event.type === 'ready') this.#tellReady?.()
    // Which need not be where it was to be.
    if (event.type === 'socks-port') this.#socks = event.place
    // It is as it should be, for one command.
    if (event.type === 'no-node' || event.type === 'skipped') return
    // Another run has the place where one may be asked; nobody asks this one.
    if (event.type === 'control-failed') return
    const { level, verbosity, text } = describe(event)
    if (level !== 'info' && verbosity === 0) this.warn(text())
  }

  info(): void {
    // Standard output and error are the command's.
  }

  warn(text: string): void {
    sayError(`kube-portal: ${text}`)
  }

  close(): void {
    // Nothing is kept open.
  }

  /** What the command gets beside our own variables. */
  variables(namespace: string): Readonly<Record<string, string>> {
    const { options } = this
    return options ? environment(this.#view(), { options, namespace, socks: this.#socks }) : {}
  }
}
