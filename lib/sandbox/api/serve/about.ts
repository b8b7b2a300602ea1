import { sendJson, sendText, type Handler, headerOf } from './exchange.js'

// As of 1.32 our answers are; kubectl warns only about versions that are far from its own.
const version = {
  major: '1',
  minor: '32',
  gitVersion: 'v1.32.0',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: 'none',
  compiler: 'none',
  platform: 'linux/amd64',
}

// Older clients ask for it with an @, but no client can read such a type in an answer.
const protobuf = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'

/** The schemas of nothing: a client that finds no schema for a kind leaves checking to the server. */
const openapi: Handler = (request, response) => {
  if (!headerOf(request, 'accept').includes('protobuf')) {
    sendJson(response, 200, {
      swagger: '2.0',
      info: { title: 'kube-portal sandbox', version: version.gitVersion },
      paths: {},
    })
    return
  }
  response.statusCode = 200
  response.setHeader('content-type', protobuf)
  // No bytes at all are a protobuf message, with nothing in it.
  response.end()
}

const pages: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['/version', (_, response) => sendJson(response, 200, version)],
  ['/openapi/v2', openapi],
  ['/openapi/v3', (_, response) => sendJson(response, 200, { paths: {} })],
  ...['/healthz', '/livez', '/readyz'].map((path): [string, Handler] => [
    path,
    (_, response) => sendText(response, 'ok'),
  ]),
])

/** Answers what is asked about the server itself; undefined where the path is not about that. */
export const aboutPage = (path: string): Handler | undefined => pages.get(path)
