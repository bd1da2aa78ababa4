import {
  SendMessageBatchCommand,
  type BatchResultErrorEntry,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import { ArgosyError, faultOf } from '../fault/fault.ts'
import { createBatch } from '../std/batch.ts'
import { digestText } from '../std/digest.ts'
import { mapPool } from '../std/pool.ts'
import { delayOf, encodeHint } from './hint.ts'
import type { Hint, Queue, QueueName } from './port.ts'

/** How often a hint is sent before `Throttled`; the SDK's own retries of whole requests come on top. */
export const SEND_ATTEMPTS_MAX = 3
const BATCH_MAX = 10
const REQUESTS_AT_ONCE_MAX = 4

/**
 * Sends hints to standard SQS queues, ten in a request; what is sent while a request is under way
 * goes with the next. Throws `Throttled` when SQS does not take all of them in
 * `SEND_ATTEMPTS_MAX` attempts; some may be sent by then, which is harmless (law 1).
 */
export function createSqsQueue(
  client: SQSClient,
  urls: Readonly<Record<QueueName, string>>,
): Queue {
  const lineTo = (queue: QueueName) =>
    createBatch(
      (messages: readonly Message[]) => sendAll(client, urls[queue], messages),
      (error) => faultOf(error).code === 'Throttled',
    )
  const lines: Readonly<Record<QueueName, ReturnType<typeof lineTo>>> = {
    repo: lineTo('repo'),
    app: lineTo('app'),
    cluster: lineTo('cluster'),
  }
  return {
    async send(queue, hints, options) {
      const delaySeconds = delayOf(options)
      const messages = hints.map((hint) => ({
        MessageBody: encodeHint(hint),
        MessageGroupId: groupOf(hint),
        ...(delaySeconds > 0 && { DelaySeconds: delaySeconds }),
      }))
      if (messages.length > 0) await lines[queue](messages)
    },
  }
}

type Message = Omit<SendMessageBatchRequestEntry, 'Id'>

async function sendAll(
  client: SQSClient,
  url: string,
  messages: readonly Message[],
): Promise<void> {
  const batches = chunks(messages, BATCH_MAX).map((batch) =>
    batch.map((message, index) => ({ Id: String(index), ...message })),
  )
  await mapPool(batches, REQUESTS_AT_ONCE_MAX, (entries) => sendBatch(client, url, entries))
}

async function sendBatch(
  client: SQSClient,
  url: string,
  entries: readonly SendMessageBatchRequestEntry[],
): Promise<void> {
  let left = entries
  for (let attempt = 1; attempt <= SEND_ATTEMPTS_MAX; attempt++) {
    const failed = await sendOnce(client, url, left)
    const refused = failed.find(({ SenderFault }) => SenderFault === true)
    if (refused !== undefined) throw internal(url, refused.Message ?? refused.Code ?? 'refused')
    const ids = new Set(failed.map(({ Id }) => Id))
    left = left.filter(({ Id }) => ids.has(Id))
    if (left.length === 0) return
  }
  throw new ArgosyError({ code: 'Throttled', service: 'SQS' })
}

async function sendOnce(
  client: SQSClient,
  url: string,
  entries: readonly SendMessageBatchRequestEntry[],
): Promise<readonly BatchResultErrorEntry[]> {
  try {
    const command = new SendMessageBatchCommand({ QueueUrl: url, Entries: [...entries] })
    return (await client.send(command)).Failed ?? []
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause
    if (isThrottle(cause)) throw new ArgosyError({ code: 'Throttled', service: 'SQS' }, { cause })
    throw internal(url, cause.message, cause)
  }
}

/** Names under which SQS, its front and its KMS key ask to slow down. */
const isThrottle = ({ name }: Error): boolean => /Thrott|TooManyRequests|OverLimit/.test(name)

const internal = (url: string, detail: string, cause?: Error): ArgosyError =>
  new ArgosyError({ code: 'Internal', message: `queue ${url}: ${detail}` }, { cause })

/**
 * The tenant as message group: on a standard queue it makes SQS share the consumers fairly.
 * A group is 1 to 128 of these characters; any other name is told apart by its digest.
 */
const groupOf = ({ tenant }: Hint): string =>
  /^[!-~]{1,128}$/.test(tenant) ? tenant : digestText(tenant)

const chunks = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
