import type { Json, JsonObject } from '../../lib/std/json.ts'
import type { ServedKind } from './kinds.ts'

/** An answer other than success, as Kubernetes writes it: thrown anywhere, sent by the server. */
export class StatusError extends Error {
  readonly code: number
  readonly reason: string
  readonly details: JsonObject | undefined

  constructor(code: number, reason: string, message: string, details?: JsonObject) {
    super(message)
    this.code = code
    this.reason = reason
    this.details = details
  }
}

export const statusOf = (error: StatusError): JsonObject => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: error.message,
  reason: error.reason,
  ...(error.details === undefined ? {} : { details: error.details }),
  code: error.code,
})

/** `deployments.apps "web"`, as the server names an object in messages. */
export const quoted = (kind: ServedKind, name: string): string =>
  `${kind.resource}${kind.group === '' ? '' : `.${kind.group}`} "${name}"`

const details = (kind: ServedKind, name: string, more: JsonObject = {}): JsonObject => ({
  name,
  ...(kind.group === '' ? {} : { group: kind.group }),
  kind: kind.resource,
  ...more,
})

export const notFound = (kind: ServedKind, name: string): StatusError =>
  new StatusError(404, 'NotFound', `${quoted(kind, name)} not found`, details(kind, name))

export const noSuchPath = (): StatusError =>
  new StatusError(404, 'NotFound', 'the server could not find the requested resource', {})

export const alreadyExists = (kind: ServedKind, name: string): StatusError =>
  new StatusError(409, 'AlreadyExists', `${quoted(kind, name)} already exists`, details(kind, name))

export const conflict = (kind: ServedKind, name: string, cause: string): StatusError =>
  new StatusError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${quoted(kind, name)}: ${cause}`,
    details(kind, name),
  )

export const MODIFIED =
  'the object has been modified; please apply your changes to the latest version and try again'

export const badRequest = (message: string): StatusError =>
  new StatusError(400, 'BadRequest', message)

export const forbidden = (message: string, more?: JsonObject): StatusError =>
  new StatusError(403, 'Forbidden', message, more)

export interface Invalidity {
  readonly field: string
  readonly message: string
  /** `FieldValueRequired`, `FieldValueInvalid`, … */
  readonly reason: string
}

/** 422 with every cause, worded as the server words one or several. */
export function invalid(
  kind: ServedKind,
  name: string,
  problems: readonly Invalidity[],
): StatusError {
  const texts = problems.map(({ field, message }) => `${field}: ${message}`)
  const text = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`
  const title = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`
  const causes: Json = problems.map(({ field, message, reason }) => ({ reason, message, field }))
  return new StatusError(
    422,
    'Invalid',
    `${title} "${name}" is invalid: ${text}`,
    details(kind, name, { kind: kind.kind, causes }),
  )
}
