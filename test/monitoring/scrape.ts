import { request } from 'node:http'
import { text } from 'node:stream/consumers'

/** What was answered over HTTP. */
export interface Answered {
  readonly status: number | undefined
  readonly type: string | undefined
  readonly body: string
}

export interface Question {
  readonly path?: string
  readonly accept?: string
  /** Default: that of metrics. */
  readonly port?: number
}

/** Asks where metrics are. Rejects with the system's code where nobody answers. */
export const askMetrics = ({ path = '/metrics', accept, port = 10_249 }: Question = {}): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const headers = accept === undefined ? {} : { accept }
    request({ agent: false, host: '127.0.0.1', port, path, headers }, response => {
      const { statusCode: status, headers: answered } = response
      text(response).then(body => resolve({ status, type: answered['content-type'], body }), reject)
    })
      .on('error', reject)
      .end()
  })

/** The number behind a name, with its labels as they are written; undefined where there is none. */
export const numberIn = (scraped: string, name: string): number | undefined => {
  const line = scraped.split('\n').find(each => each.startsWith(`${name} `))
  return line === undefined ? undefined : Number(line.slice(name.length))
}

/** The names of all metrics there are. */
export const namesIn = (scraped: string): readonly string[] =>
  [...scraped.matchAll(/^# TYPE (\S+)/gm)].flatMap(([, name = '']) => name)

/** The metrics whose names are ours to choose: not those that we have from kube-proxy. */
export const own = (scraped: string): string =>
  scraped
    .split(/^(?=# HELP )/m)
    .filter(metric => !metric.startsWith('# HELP kubeproxy_'))
    .join('')
