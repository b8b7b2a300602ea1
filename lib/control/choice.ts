import { listIn, numberIn, objectIn, textIn } from '../model/json.js'

/** Who of a service port's endpoints serves a client, and why. */
export interface Choice {
  readonly policy: string
  /** How long clients return to their endpoints, in ms; absent: they do not. */
  readonly affinity?: number
  /** How many of them do now. */
  readonly clients: number
  /** The one, where there is only one. */
  readonly onlyClient?: string
  /** Where the client in question returns to, and how long ago it came last, in ms. */
  readonly pin?: { readonly endpoint: string; readonly age: number }
  /** Whom the next client gets that is dealt one in turn; absent: nobody. */
  readonly next?: string
  /** Those that are passed over, as they have failed of late. */
  readonly avoided: readonly string[]
  /** All that the Service has, the first hundred of them. */
  readonly endpoints: readonly ChoiceEndpoint[]
}

export interface ChoiceEndpoint {
  readonly endpoint: string
  /** Why it serves no new clients; absent: it does. */
  readonly leftOut?: string
}

const endpointIn = (value: unknown): ChoiceEndpoint => {
  const { endpoint, leftOut } = objectIn(value)
  return { endpoint: textIn(endpoint), ...(leftOut !== undefined && { leftOut: textIn(leftOut) }) }
}

const pinIn = (value: unknown): NonNullable<Choice['pin']> => {
  const { endpoint, age } = objectIn(value)
  return { endpoint: textIn(endpoint), age: numberIn(age) }
}

/** Reads a choice. Throws TypeError where it is none. */
export const choiceIn = (value: unknown): Choice => {
  const choice = objectIn(value)
  return {
    policy: textIn(choice.policy),
    ...(choice.affinity !== undefined && { affinity: numberIn(choice.affinity) }),
    clients: numberIn(choice.clients),
    ...(choice.onlyClient !== undefined && { onlyClient: textIn(choice.onlyClient) }),
    ...(choice.pin !== undefined && { pin: pinIn(choice.pin) }),
    ...(choice.next !== undefined && { next: textIn(choice.next) }),
    avoided: listIn(choice.avoided).map(textIn),
    endpoints: listIn(choice.endpoints).map(endpointIn),
  }
}
