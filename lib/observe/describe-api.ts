import { durationText } from '../model/duration.js'
import type { ApiEvent } from '../model/api-event.js'
import { resourceText } from '../model/resource-text.js'
import { count } from './count.js'
import { type Sentence, sentence } from './sentence.js'

const withoutNode = 'Local traffic policies count as Cluster, topology hints as none'

/** What people read about what happened between us and the API server. */
export const apiSentence = (event: ApiEvent): Sentence => {
  switch (event.type) {
    case 'listed':
      return sentence('info', 1, `listed ${resourceText(event)}: ${count(event.objects, 'object')}`)
    case 'api-trouble': {
      const again = `trying again in ${durationText(event.retryIn)}`
      const quiet = event.trouble === 'expired'
      return sentence(
        quiet ? 'info' : 'warn',
        quiet ? 2 : 0,
        `cannot ${event.during} ${resourceText(event)}: ${event.reason}; ${again}`,
      )
    }
    case 'no-node': {
      const cure = 'if this is a Node, give its name with --hostname-override'
      return sentence('warn', 0, `no Node is called ${event.node}: ${withoutNode}; ${cure}`)
    }
    case 'nodes-forbidden': {
      return sentence(
        'warn',
        0,
        `may not see Nodes, so this machine is none of them: ${withoutNode} (${event.reason})`,
      )
    }
    case 'own-service': {
      const { server, why } = event
      return why === undefined
        ? sentence('info', 0, `default/kubernetes is served by ${server}, as the kubeconfig has it`)
        : sentence(
            'info',
            0,
            `default/kubernetes keeps its own endpoints, which may be out of reach here, and is not served by ${server}: ${why}`,
          )
    }
    case 'namespace-empty': {
      const { namespace, there } = event
      const text =
        there === 'none' ? `there is no namespace ${namespace}` : `the namespace ${namespace} has no Services`
      return sentence('warn', 0, `${text}: is it spelled right? What comes there will be served`)
    }
    case 'older-api':
      return sentence('info', 0, `the server has no ${event.wanted}: using its ${event.instead}`)
    case 'skipped': {
      const refused = event.why === 'refused'
      return sentence(refused ? 'warn' : 'info', refused ? 0 : 1, `${event.object}: ${event.reason}`)
    }
  }
}
