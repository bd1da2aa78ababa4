import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb'
import { setTimeout } from 'node:timers/promises'
import { mapPool } from '../std/pool.ts'
import { BATCHES_AT_ONCE_MAX, type BatchTarget, readBatch, writeBatch } from './dynamo-batch.ts'
import { isConditionFailure, translateDynamoError } from './dynamo-errors.ts'
import { changeExpressions, conditionExpressions } from './dynamo-expressions.ts'
import { type Attributes, decodeItem, encodeItem, encodeKey } from './dynamo-item.ts'
import { decodeDueEntry, dueInput, queryInput } from './dynamo-queries.ts'
import type { Item, ItemKey, SideWrite, State } from './port.ts'
import { BATCH_GET_MAX, BATCH_WRITE_MAX, checkAttributes, checkChange } from './table-rules.ts'

export interface DynamoStateOptions {
  /** How a pause between two tries of a batch is made. */
  readonly wait?: (ms: number) => Promise<void>
}

/**
 * State in one DynamoDB table, laid out by `tableDefinition`. Throws `Throttled` when DynamoDB
 * asks to slow down after the client's own retries, `LimitExceeded` for an item above 400 KB,
 * `InvalidArgument` for a tenant or key that no table holds, `Internal` for the rest.
 */
export function createDynamoState(
  client: DynamoDBClient,
  table: string,
  options: DynamoStateOptions = {},
): State {
  const batch: BatchTarget = { client, table, wait: options.wait ?? ((ms) => setTimeout(ms)) }
  const guarded = <T>(call: () => Promise<T>): Promise<T> =>
    call().catch((error: unknown) => {
      throw translateDynamoError(table, error)
    })
  return {
    get: (tenant, key) =>
      guarded(async () => {
        const input = { TableName: table, Key: encodeKey(tenant, key), ConsistentRead: true }
        const { Item } = await client.send(new GetItemCommand(input))
        return Item && decodeItem(Item).item
      }),
    getMany: (tenant, keys) => guarded(() => getMany(batch, tenant, keys)),
    put: (tenant, item, condition) =>
      guarded(async () => {
        checkAttributes(item)
        const Item = encodeItem(tenant, item)
        const input = { TableName: table, Item, ...conditionExpressions(condition) }
        const done = await unlessRefused(client.send(new PutItemCommand(input)))
        return done !== undefined
      }),
    update: (tenant, key, change) =>
      guarded(async () => {
        checkChange(change)
        const command = new UpdateItemCommand({
          TableName: table,
          Key: encodeKey(tenant, key),
          ReturnValues: 'ALL_NEW',
          ...changeExpressions(change),
        })
        const done = await unlessRefused(client.send(command))
        return done && decodeItem(done.Attributes ?? encodeKey(tenant, key)).item
      }),
    delete: (tenant, key, condition) =>
      guarded(async () => {
        const Key = encodeKey(tenant, key)
        const input = { TableName: table, Key, ...conditionExpressions(condition) }
        const done = await unlessRefused(client.send(new DeleteItemCommand(input)))
        return done !== undefined
      }),
    query: (tenant, query) =>
      guarded(async () => {
        const answer = await client.send(new QueryCommand(queryInput(table, tenant, query)))
        const items = (answer.Items ?? []).map((found) => decodeItem(found).item)
        const cursor = answer.LastEvaluatedKey?.['sk']?.S
        return cursor === undefined ? { items } : { items, cursor }
      }),
    writeMany: (tenant, writes) => guarded(() => writeMany(batch, tenant, writes)),
    dueNow: (shard, now, limit) =>
      guarded(async () => {
        const answer = await client.send(new QueryCommand(dueInput(table, { shard, now, limit })))
        return (answer.Items ?? []).map(decodeDueEntry)
      }),
  }
}

/** `undefined` when the condition did not hold. */
async function unlessRefused<T>(sent: Promise<T>): Promise<T | undefined> {
  try {
    return await sent
  } catch (error) {
    if (isConditionFailure(error)) return undefined
    throw error
  }
}

async function getMany(
  batch: BatchTarget,
  tenant: string,
  keys: readonly ItemKey[],
): Promise<readonly Item[]> {
  const distinct = byKey(keys.map((key) => encodeKey(tenant, key)))
  const found = await mapPool(chunks(distinct, BATCH_GET_MAX), BATCHES_AT_ONCE_MAX, (chunk) =>
    readBatch(batch, chunk),
  )
  return found.flat().map((attributes) => decodeItem(attributes).item)
}

/** Of two writes to one key the later one counts; DynamoDB takes no key twice in a batch. */
async function writeMany(
  batch: BatchTarget,
  tenant: string,
  writes: readonly SideWrite[],
): Promise<void> {
  const requests = new Map<string, WriteRequest>()
  for (const write of writes) {
    if ('put' in write) checkAttributes(write.put)
    const Key = encodeKey(tenant, 'put' in write ? write.put : write.delete)
    const request: WriteRequest =
      'put' in write
        ? { PutRequest: { Item: encodeItem(tenant, write.put) } }
        : { DeleteRequest: { Key } }
    requests.set(JSON.stringify(Key), request)
  }
  await mapPool(chunks([...requests.values()], BATCH_WRITE_MAX), BATCHES_AT_ONCE_MAX, (chunk) =>
    writeBatch(batch, chunk),
  )
}

const byKey = (keys: readonly Attributes[]): readonly Attributes[] => [
  ...new Map(keys.map((key) => [JSON.stringify(key), key])).values(),
]

const chunks = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
