import { ArgosyError } from '../fault/fault.ts'
import { tooLarge } from './table-rules.ts'

/** Names under which DynamoDB, its front and its KMS key ask to slow down. */
const SLOW_DOWN = /Thrott|ThroughputExceeded|LimitExceeded|TooManyRequests/

export const isConditionFailure = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ConditionalCheckFailedException'

/** What DynamoDB threw, as a fault; a fault of our own is left as it is. */
export function translateDynamoError(table: string, cause: unknown): ArgosyError {
  if (cause instanceof ArgosyError) return cause
  if (!(cause instanceof Error)) return internal(table, String(cause), cause)
  if (SLOW_DOWN.test(cause.name)) return throttled(cause)
  // The wording is the same for a put, a batch and an update.
  if (cause.name === 'ValidationException' && /item size/i.test(cause.message))
    return tooLarge(cause)
  return internal(table, cause.message === '' ? cause.name : cause.message, cause)
}

export const throttled = (cause?: unknown): ArgosyError =>
  new ArgosyError({ code: 'Throttled', service: 'DynamoDB' }, { cause })

const internal = (table: string, detail: string, cause: unknown): ArgosyError =>
  new ArgosyError({ code: 'Internal', message: `table ${table}: ${detail}` }, { cause })
