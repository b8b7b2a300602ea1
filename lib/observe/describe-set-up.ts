import type { SetUpEvent } from '../model/set-up-event.js'
import { type Sentence, sentence } from './sentence.js'

const because = (why: string | undefined): string => (why === undefined ? '' : `: ${why}`)

export const setUpSentence = (event: SetUpEvent): Sentence => {
  switch (event.type) {
    case 'cluster-found': {
      const context = event.context === undefined ? '' : `, context ${event.context}`
      return sentence('info', 0, `API server ${event.server}${context} (${event.origin})`)
    }
    case 'capture-chosen':
      return sentence(
        'info',
        event.why === undefined ? 1 : 0,
        `--capture ${event.capture}${because(event.why)}`,
      )
    case 'reach-failed': {
      const cure = event.cure === undefined ? '' : `; what to do: ${event.cure}`
      return sentence('error', 0, `endpoints cannot be reached yet: ${event.reason}${cure}`)
    }
    case 'forwarding-forbidden': {
      const what = `pods of the namespace ${event.namespace} cannot be reached: ${event.reason}`
      return sentence('error', 0, `${what}; what to do: ${event.cure}`)
    }
    case 'reach-chosen':
      return sentence('info', event.why === undefined ? 1 : 0, `--reach ${event.reach}${because(event.why)}`)
  }
}
