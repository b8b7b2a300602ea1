import type { CrashEvent } from '../model/crash.js'
import { type Sentence, sentence } from './sentence.js'

export const crashSentence = (event: CrashEvent): Sentence => {
  switch (event.type) {
    case 'crashed':
      return sentence('error', 0, `internal error: ${event.error}`)
    case 'crashed-before': {
      const { times, since, at, error } = event
      const often = times === 1 ? `once, at ${at}` : `${times} times since ${since}, last at ${at}`
      return sentence('warn', 0, `an internal error has ended kube-portal ${often}: ${error}`)
    }
  }
}
