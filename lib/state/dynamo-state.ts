import {
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { setTimeout } from 'node:timers/promises'
import { isConditionFailure, translateDynamoError } from './dynamo-errors.ts'
import { changeExpressions, conditionExpressions } from './dynamo-expressions.ts'
import { decodeItem, encodeItem, encodeKey } from './dynamo-item.ts'
import { decodeDueEntry, dueInput, queryInput } from './dynamo-queries.ts'
import { createTogether } from './dynamo-together.ts'
import type { State } from './port.ts'
import { checkAttributes, checkChange } from './table-rules.ts'

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
  const wait = options.wait ?? ((ms) => setTimeout(ms))
  const together = createTogether({ client, table, wait })
  const guarded = <T>(call: () => Promise<T>): Promise<T> =>
    call().catch((error: unknown) => {
      throw translateDynamoError(table, error)
    })
  return {
    get: (tenant, key) =>
      guarded(async () => {
        const [item] = await together.read(tenant, [key])
        return item
      }),
    getMany: (tenant, keys) => guarded(() => together.read(tenant, keys)),
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
    writeMany: (tenant, writes) => guarded(() => together.write(tenant, writes)),
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
