import type { RequestOptions } from 'node:https'
import type { ConnectionOptions } from 'node:tls'
import type { KubeConfig } from '@kubernetes/client-node'
import { errorText } from '../model/error-text.js'
import { ApiError } from './api-error.js'

/** What makes a request ours. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>
  readonly tls: Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized'>
  /** For HTTP/1.1; the way through the proxy where the kubeconfig names one. */
  readonly agent: RequestOptions['agent']
}

/** The file's text, or undefined when there is no such file. */
export type ReadFile = (path: string) => Promise<string | undefined>

export interface CredentialsOptions {
  readonly config: KubeConfig
  /** Holds the token, in place of any that `config` has. */
  readonly tokenFile: string | undefined
  readonly readFile: ReadFile
}

const tokenIn = async (path: string, readFile: ReadFile): Promise<string> => {
  const token = (await readFile(path))?.trim() ?? ''
  if (token === '') throw new Error(`there is no token in ${path}`)
  return token
}

const texts = (headers: RequestOptions['headers']): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(headers ?? {}).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value] as const] : [],
    ),
  )

const read = async ({ config, tokenFile, readFile }: CredentialsOptions): Promise<Credentials> => {
  const options: RequestOptions = {}
  await config.applyToHTTPSOptions(options)
  const { ca, cert, key, servername, rejectUnauthorized, auth, agent } = options
  return {
    headers: {
      ...texts(options.headers),
      ...(typeof auth === 'string' && { Authorization: `Basic ${Buffer.from(auth).toString('base64')}` }),
      ...(tokenFile !== undefined && { Authorization: `Bearer ${await tokenIn(tokenFile, readFile)}` }),
    },
    // To tls, an option that is there but undefined is not its default.
    tls: {
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
      ...(servername !== undefined && { servername }),
      ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
    },
    agent,
  }
}

/**
 * Reads the credentials as they are now: for each request again, because tokens and certificates are replaced.
 * Rejects with an `ApiError` when a file is gone.
 */
export const credentials = async (options: CredentialsOptions): Promise<Credentials> => {
  try {
    return await read(options)
  } catch (cause) {
    const reason = errorText(cause) === '' ? 'it failed without a word' : errorText(cause)
    throw new ApiError('unauthorized', `no credentials of the kubeconfig: ${reason}`, { cause })
  }
}
