import type { NamesEvent } from '../model/names-event.js'
import { count } from './count.js'
import { type Sentence, sentence } from './sentence.js'

export const namesSentence = (event: NamesEvent): Sentence => {
  switch (event.type) {
    case 'names-written':
      return sentence('info', 1, `${event.path} has names for ${count(event.names, 'cluster IP')}`)
    case 'names-asked': {
      const { server, domain, link } = event
      return sentence('info', 0, `systemd-resolved asks ${server} for names of ${domain}, by link ${link}`)
    }
    case 'names-failed': {
      const what = `Services' names are not up to date in ${event.path}: ${event.reason}`
      return sentence('warn', 0, `${what}; all else works, and this is tried again`)
    }
  }
}
