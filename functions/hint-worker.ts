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
export function createHintWorker(log: Logger, lookAt: (hint: Hint) => Promise<void>): QueueHandler {
  const lookOnce = oneAtATime(lookAt)
  return async (event) => {
    const subjects = new Map<string, { readonly hint: Hint; readonly messageIds: string[] }>()
    for (const { messageId, body } of event.Records) {
      const hint = decodeHint(body)
      if (hint === undefined) {
        log.error('queue.malformed', { messageId })
        continue
      }
      const id = idOf(hint)
      const subject = subjects.get(id) ?? { hint, messageIds: [] }
      subject.messageIds.push(messageId)
      subjects.set(id, subject)
    }

    const failures = await mapPool([...subjects.values()], SUBJECTS_AT_ONCE, async (subject) => {
      try {
        await lookOnce(subject.hint)
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
}

/**
 * Two batches of one process that name the same subject would only get in each other's way: one
 * look runs, and one more follows it for all who asked meanwhile, since it may have begun too early
 * to see what they were told of. Between processes the fence decides (law 2).
 */
function oneAtATime(lookAt: (hint: Hint) => Promise<void>): (hint: Hint) => Promise<void> {
  interface Looks {
    running: Promise<void>
    next?: Promise<void>
  }
  const subjects = new Map<string, Looks>()

  const begin = (id: string, hint: Hint): Promise<void> => {
    const looks: Looks = { running: lookAt(hint) }
    subjects.set(id, looks)
    const end = (): void => {
      if (looks.next === undefined) subjects.delete(id)
    }
    looks.running.then(end, end)
    return looks.running
  }
  return (hint) => {
    const id = idOf(hint)
    const looks = subjects.get(id)
    if (looks === undefined) return begin(id, hint)
    const again = (): Promise<void> => begin(id, hint)
    return (looks.next ??= looks.running.then(again, again))
  }
}

const idOf = ({ tenant, name }: Hint): string => `${tenant}\n${name}`

const failureOf = (itemIdentifier: string): SQSBatchItemFailure => ({ itemIdentifier })

const messageOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error)
