import { durationText } from '../model/duration.js'
import type { ApiEvent } from '../model/event.js'
import { count } from './count.js'
import { type Sentence, sentence } from './sentence.js'

export const apiSentence = (event: ApiEvent): Sentence => {
  switch (event.type) {
    case 'listed':
      return sentence('info', 1, `listed ${event.resource}: ${count(event.objects, 'object')}`)
    case 'api-trouble': {
      const again = `trying again in ${durationText(event.retryIn)}`
      const quiet = event.trouble === 'expired'
      return sentence(
        quiet ? 'info' : 'warn',
        quiet ? 2 : 0,
        `cannot ${event.during} ${event.resource}: ${event.reason}; ${again}`,
      )
    }
    case 'no-node': {
      const counts = 'Local traffic policies count as Cluster, topology hints as none'
      const cure = 'if this is a Node, give its name with --hostname-override'
      return sentence('warn', 0, `no Node is called ${event.node}: ${counts}; ${cure}`)
    }
    case 'older-api':
      return sentence('info', 0, `the server has no ${event.wanted}: using its ${event.instead}`)
    case 'skipped': {
      const refused = event.why === 'refused'
      return sentence(refused ? 'warn' : 'info', refused ? 0 : 1, `${event.object}: ${event.reason}`)
    }
  }
}
