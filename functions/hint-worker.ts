import type { SQSBatchItemFailure, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { faultOf, isRetryable } from '../lib/fault/fault.ts'
import { decodeHint } from '../lib/queue/hint.ts'
import type { Hint } from '../lib/queue/port.ts'
import type { Logger } from '../lib/reconcile/ports.ts'
import { mapPool } from '../lib/std/pool.ts'

/** Subjects of one batch that are worked on side by side; they share connections and caches. */
export const SUBJECTS_AT_ONCE = 10

export type QueueHandler = (event: SQSEvent) => Promise<SQSBatchResponse>

/**
 * Makes a Lambda handler of a use case that looks at one subject. Hints for the same subject in
 * one batch are one look. A subject that fails comes back alone, by its message ids; a message that
 * is no hint, or a failure that no retry can mend, is acknowledged: state knows what is due.
 */
export const createHintWorker =
  (log: Logger, lookAt: (hint: Hint) => Promise<void>): QueueHandler =>
  async (event) => {
    const subjects = new Map<string, { readonly hint: Hint; readonly messageIds: string[] }>()
    for (const { messageId, body } of event.Records) {
      const hint = decodeHint(body)
      if (hint === undefined) {
        log.error('queue.malformed', { messageId })
        continue
      }
      const id = `${hint.tenant}\n${hint.name}`
      const subject = subjects.get(id) ?? { hint, messageIds: [] }
      subject.messageIds.push(messageId)
      subjects.set(id, subject)
    }

    const failures = await mapPool([...subjects.values()], SUBJECTS_AT_ONCE, async (subject) => {
      try {
        await lookAt(subject.hint)
        return []
      } catch (error) {
        const retry = isRetryable(error)
        const { code } = faultOf(error)
        log.error('queue.failed', { ...subject.hint, code, retry, error: messageOf(error) })
        return retry ? subject.messageIds.map(failureOf) : []
      }
    })
    return { batchItemFailures: failures.flat() }
  }

const failureOf = (itemIdentifier: string): SQSBatchItemFailure => ({ itemIdentifier })

const messageOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error)
