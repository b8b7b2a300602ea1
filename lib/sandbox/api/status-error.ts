import { type Kind, groupResource } from './kinds.js'

/** One of the reasons for which an object is invalid. */
export interface Cause {
  readonly reason:
    | 'FieldValueInvalid'
    | 'FieldValueRequired'
    | 'FieldValueNotSupported'
    | 'FieldValueForbidden'
    | 'FieldValueDuplicate'
  readonly message: string
  /** The path of the field: `spec.ports[0].port`. */
  readonly field: string
}

/** What the API server says instead of doing it. */
export interface Status {
  readonly kind: 'Status'
  readonly apiVersion: 'v1'
  readonly metadata: { readonly continue?: string }
  readonly status: 'Success' | 'Failure'
  readonly message?: string
  readonly reason?: string
  readonly details?: Readonly<Record<string, unknown>>
  readonly code?: number
}

const failure = (code: number, message: string, rest: Partial<Status> = {}): Status => {
  const { reason, details, metadata = {} } = rest
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata,
    status: 'Failure',
    message,
    ...(reason === undefined ? {} : { reason }),
    ...(details === undefined ? {} : { details }),
    code,
  }
}

/** A request that the API refuses: `status` is what its client gets, `code` the HTTP status. */
export class StatusError extends Error {
  readonly status: Status
  readonly code: number

  constructor(code: number, message: string, rest: Partial<Status> = {}) {
    super(message)
    this.name = 'StatusError'
    this.code = code
    this.status = failure(code, message, rest)
  }
}

const detailsOf = (kind: Kind, name: string): Readonly<Record<string, unknown>> => ({
  name,
  ...(kind.group === '' ? {} : { group: kind.group }),
  kind: kind.resource,
})

export const notFound = (kind: Kind, name: string): StatusError =>
  new StatusError(404, `${groupResource(kind)} ${JSON.stringify(name)} not found`, {
    reason: 'NotFound',
    details: detailsOf(kind, name),
  })

export const alreadyExists = (kind: Kind, name: string): StatusError =>
  new StatusError(409, `${groupResource(kind)} ${JSON.stringify(name)} already exists`, {
    reason: 'AlreadyExists',
    details: detailsOf(kind, name),
  })

export const conflict = (kind: Kind, name: string, why: string): StatusError =>
  new StatusError(
    409,
    `Operation cannot be fulfilled on ${groupResource(kind)} ${JSON.stringify(name)}: ${why}`,
    {
      reason: 'Conflict',
      details: detailsOf(kind, name),
    },
  )

/** The object makes no sense, for one reason or several. */
export const invalid = (kind: Kind, name: string, causes: readonly Cause[]): StatusError => {
  const whole = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`
  const reasons = causes.map(({ field, message }) => `${field}: ${message}`)
  const text = reasons.length === 1 ? reasons.join() : `[${reasons.join(', ')}]`
  return new StatusError(422, `${whole} ${JSON.stringify(name)} is invalid: ${text}`, {
    reason: 'Invalid',
    details: {
      name,
      ...(kind.group === '' ? {} : { group: kind.group }),
      kind: kind.kind,
      causes,
    },
  })
}

export const badRequest = (message: string): StatusError =>
  new StatusError(400, message, { reason: 'BadRequest' })

export const noSuchPath = (): StatusError =>
  new StatusError(404, 'the server could not find the requested resource', {
    reason: 'NotFound',
    details: {},
  })

export const methodNotAllowed = (): StatusError =>
  new StatusError(405, 'the server does not allow this method on the requested resource', {
    reason: 'MethodNotAllowed',
    details: {},
  })

export const unsupportedMediaType = (accepted: readonly string[]): StatusError =>
  new StatusError(
    415,
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
    { reason: 'UnsupportedMediaType' },
  )

/** The changes since `version` are no longer known; the oldest that are follow `oldest`. */
export const expired = (version: number, oldest: number): StatusError =>
  new StatusError(410, `too old resource version: ${version} (${oldest})`, { reason: 'Expired' })
