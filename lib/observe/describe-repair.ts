import type { ProxyOwnEvent } from '../model/event.js'
import { type Sentence, sentence } from './sentence.js'

export type RepairEvent = Extract<ProxyOwnEvent, { readonly type: 'rules-repaired' | 'addresses-repaired' }>
type RulesRepaired = Extract<RepairEvent, { readonly type: 'rules-repaired' }>

const flushers = 'a firewall that was reloaded, or who flushes rules, may have done it'

const whatWas = ({ family, missing, of, displacedBy }: RulesRepaired): string => {
  if (missing === of) return `all of our ${family} rules were gone: ${flushers}`
  if (missing > 0) return `${missing} of our ${of} ${family} rules were gone or changed: ${flushers}`
  if (displacedBy !== undefined)
    return `another program put its rule before our ${family} ones, which must come first: ${displacedBy}`
  return `another program had changed our ${family} chains`
}

/** What people read about repairs: once more when somebody turns out to insist, and then only with -v 1. */
export const repairSentence = (event: RepairEvent): Sentence => {
  if (event.type === 'addresses-repaired')
    return sentence(
      'warn',
      0,
      `${event.missing} of our ${event.family} addresses or routes on lo were gone, and are back: whoever tidies interfaces may have done it`,
    )
  const text = `put back: ${whatWas(event)}`
  if (event.times < 2) return sentence('warn', 0, text)
  if (event.times > 2) return sentence('info', 1, `${text} (time ${event.times})`)
  const insists = 'as somebody insists, this is put right every few seconds, and not said again'
  return sentence('warn', 0, `${text}; ${insists}`)
}
