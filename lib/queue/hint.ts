import { ArgosyError } from '../fault/fault.ts'
import { DELAY_SECONDS_MAX, type Hint } from './port.ts'

/** Ten hints of this size still are one billed request of 64 KB. */
export const HINT_BYTES_MAX = 4_096

/**
 * The body of a queue message. The tenant travels in it, not in a message attribute, because a
 * consumer must not depend on what a queue service gives back beside the body.
 * Throws `LimitExceeded` above `HINT_BYTES_MAX`.
 */
export function encodeHint(hint: Hint): string {
  const body = JSON.stringify({ tenant: hint.tenant, name: hint.name }).replaceAll(
    NOT_PRINTABLE_ASCII,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  if (isTooLong(body)) {
    throw new ArgosyError({
      code: 'LimitExceeded',
      limit: 'HINT_BYTES_MAX',
      message: `a queue message for "${hint.name.slice(0, 64)}…" is longer than ${HINT_BYTES_MAX} bytes; use a shorter name`,
    })
  }
  return body
}

/**
 * The hint in a message body; `undefined` when it is not one of ours. The worker acknowledges
 * such a message: no retry can mend it, and state holds what is to be done (law 1).
 */
export function decodeHint(body: string): Hint | undefined {
  if (isTooLong(body)) return undefined
  const value = parse(body)
  if (typeof value !== 'object' || value === null) return undefined
  const { tenant, name } = value as Readonly<Record<string, unknown>>
  return isText(tenant) && isText(name) ? { tenant, name } : undefined
}

/** Whole seconds to hold hints back, rounded up: a hint that comes early finds nothing due. */
export function delayOf(options?: { readonly delaySeconds?: number }): number {
  const delay = Math.ceil(options?.delaySeconds ?? 0)
  if (delay >= 0 && delay <= DELAY_SECONDS_MAX) return delay
  throw new ArgosyError({
    code: 'InvalidArgument',
    message: `a queue delay of ${delay} s is outside 0 to ${DELAY_SECONDS_MAX} s; store a due time for longer waits`,
  })
}

/** Escaped, because SQS refuses some characters and its emulators more. */
const NOT_PRINTABLE_ASCII = /[^ -~]/g

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

/** Ours are ASCII, so characters are bytes; a body from elsewhere is refused all the same. */
const isTooLong = (body: string): boolean => body.length > HINT_BYTES_MAX

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
