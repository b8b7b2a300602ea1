import type { Answer } from './bounded-server.js'
import { contentTypes, exposition, formatFor } from './metrics/exposition.js'
import type { Metric } from './metrics/metric.js'

/** What can be asked where metrics are. */
export interface Asked {
  readonly metrics: () => Promise<readonly Metric[]>
  /** What is in force: options, as they were understood. */
  readonly configuration: () => object
  /** See `healthAnswer`. */
  readonly health: (path: string) => Answer
}

const answer = (status: number, type: string, body: string): Answer => ({
  status,
  headers: { 'Content-Type': type, 'X-Content-Type-Options': 'nosniff' },
  body,
})

const plain = 'text/plain; charset=utf-8'

const paths = ['/metrics', '/proxyMode', '/configz', '/healthz', '/livez', '/readyz']

const list = `${paths.join('\n')}\n`

/** What is answered at the metrics port: to Prometheus in the format that it accepts, and what else kube-proxy answers there. */
export const metricsAnswer = async (path: string, accept: string, asked: Asked): Promise<Answer> => {
  switch (path) {
    case '/':
      return answer(200, plain, list)
    case '/metrics': {
      const format = formatFor(accept)
      return answer(200, contentTypes[format], await exposition(await asked.metrics(), format))
    }
    case '/proxyMode':
      return answer(200, plain, 'userspace')
    case '/configz':
      return answer(200, 'application/json', JSON.stringify(asked.configuration()))
    case '/healthz':
    case '/livez':
    case '/readyz':
      return asked.health(path)
    default:
      return answer(404, plain, `there are\n${list}`)
  }
}
