import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  type DynamoDBClient,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb'
import { throttled } from './dynamo-errors.ts'
import type { Attributes } from './dynamo-item.ts'

/** How often what DynamoDB left over is asked again before `Throttled`. */
export const BATCH_ATTEMPTS_MAX = 6
/** The first wait before asking again; each later one is twice as long. */
export const BATCH_WAIT_MS = 50
/** Chunks of one call that are under way at once. */
export const BATCHES_AT_ONCE_MAX = 4

export interface BatchTarget {
  readonly client: DynamoDBClient
  readonly table: string
  readonly wait: (ms: number) => Promise<void>
}

/** Reads at most `BATCH_GET_MAX` different keys, strongly consistent. */
export async function readBatch(
  { client, table, wait }: BatchTarget,
  keys: readonly Attributes[],
): Promise<readonly Attributes[]> {
  const found: Attributes[] = []
  await untilNothingIsLeft(keys, wait, async (left) => {
    const RequestItems = { [table]: { Keys: [...left], ConsistentRead: true } }
    const answer = await client.send(new BatchGetItemCommand({ RequestItems }))
    found.push(...(answer.Responses?.[table] ?? []))
    return answer.UnprocessedKeys?.[table]?.Keys ?? []
  })
  return found
}

/** Writes at most `BATCH_WRITE_MAX` items with different keys. */
export async function writeBatch(
  { client, table, wait }: BatchTarget,
  writes: readonly WriteRequest[],
): Promise<void> {
  await untilNothingIsLeft(writes, wait, async (left) => {
    const command = new BatchWriteItemCommand({ RequestItems: { [table]: [...left] } })
    return (await client.send(command)).UnprocessedItems?.[table] ?? []
  })
}

/**
 * Asks with what is left until nothing is. An answer that is merely full (16 MB) is progress and
 * is followed at once; only attempts that bring nothing are counted and waited after.
 */
async function untilNothingIsLeft<T>(
  all: readonly T[],
  wait: (ms: number) => Promise<void>,
  attempt: (left: readonly T[]) => Promise<readonly T[]>,
): Promise<void> {
  let left = all
  let vain = 0
  while (left.length > 0) {
    const before = left.length
    left = await attempt(left)
    if (left.length < before) continue
    vain++
    if (vain >= BATCH_ATTEMPTS_MAX) throw throttled()
    await wait(BATCH_WAIT_MS * 2 ** (vain - 1))
  }
}
