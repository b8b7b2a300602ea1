import type { TakeoverEvent } from '../model/takeover-event.js'
import { type Sentence, sentence } from './sentence.js'

export const takeoverSentence = (event: TakeoverEvent): Sentence => {
  switch (event.type) {
    case 'successor-started': {
      const which = event.pid === undefined ? 'a new process' : `process ${event.pid}`
      return sentence('info', 0, `reloading: ${which} is to take over; serving until it does`)
    }
    case 'successor-failed':
      return sentence('error', 0, `reloading failed, going on as before: ${event.reason}`)
    case 'handed-over': {
      const { connections } = event
      const left = connections === 1 ? 'one connection goes' : `${connections} connections go`
      const text =
        connections === 0
          ? 'the new process serves'
          : `the new process serves; ${left} on here until they end`
      return sentence('info', 0, text)
    }
    case 'took-over':
      return sentence('info', 0, 'took over from the process before')
  }
}
