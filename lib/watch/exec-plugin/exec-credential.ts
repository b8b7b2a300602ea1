import { field, text } from '../raw.js'

/** What an exec plugin gave: a token, a certificate with its key, or both. */
export interface ExecCredential {
  readonly token: string | undefined
  /** PEM. */
  readonly certificate: { readonly cert: string; readonly key: string } | undefined
  /** In ms since 1970; absent: it lasts until the server does not take it any more. */
  readonly expires: number | undefined
}

const shown = (answer: string): string => JSON.stringify(answer.trim().slice(0, 40))

const documentIn = (answer: string): unknown => {
  try {
    const document: unknown = JSON.parse(answer)
    return document
  } catch {
    return undefined
  }
}

/** Reads what a plugin printed. Throws an Error that says what is wrong with it, and no part of a credential. */
export const execCredential = (answer: string, apiVersion: string): ExecCredential => {
  const document = documentIn(answer)
  if (text(field(document, 'kind')) !== 'ExecCredential')
    throw new Error(
      document === undefined ? `it printed no JSON: ${shown(answer)}` : 'it printed no ExecCredential',
    )
  const version = text(field(document, 'apiVersion')) ?? ''
  if (version !== apiVersion)
    throw new Error(`it answered in ${JSON.stringify(version)}, and was asked in ${apiVersion}`)
  const token = text(field(document, 'status', 'token'))
  const cert = text(field(document, 'status', 'clientCertificateData'))
  const key = text(field(document, 'status', 'clientKeyData'))
  if ((cert === undefined) !== (key === undefined))
    throw new Error(`it printed a certificate ${cert === undefined ? 'key alone' : 'without a key'}`)
  const certificate = cert === undefined || key === undefined ? undefined : { cert, key }
  if (token === undefined && !certificate) throw new Error('it printed neither a token nor a certificate')
  const written = text(field(document, 'status', 'expirationTimestamp'))
  const expires = written === undefined ? undefined : Date.parse(written)
  if (Number.isNaN(expires)) throw new Error(`it printed the expirationTimestamp ${shown(written ?? '')}`)
  return { token, certificate, expires }
}
