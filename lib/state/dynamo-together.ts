import { GetItemCommand, type WriteRequest } from '@aws-sdk/client-dynamodb'
import { faultOf } from '../fault/fault.ts'
import { createBatch } from '../std/batch.ts'
import { mapPool } from '../std/pool.ts'
import { BATCHES_AT_ONCE_MAX, type BatchTarget, readBatch, writeBatch } from './dynamo-batch.ts'
import { translateDynamoError } from './dynamo-errors.ts'
import { type Attributes, decodeItem, encodeItem, encodeKey } from './dynamo-item.ts'
import type { Item, ItemKey, SideWrite } from './port.ts'
import { BATCH_GET_MAX, BATCH_WRITE_MAX, checkAttributes } from './table-rules.ts'

/** Tenants whose requests are put together at once; one that is forgotten only travels alone. */
const TENANTS_MAX = 1_000

/**
 * Reads by key and side writes of one tenant that are asked for while others are under way travel
 * together in the next request: the ten subjects of one Lambda batch read much the same items.
 * A read never joins a request that was sent before it was asked for, so it sees what every
 * read would see. Tenants never share a request (law 10).
 */
export interface Together {
  read(tenant: string, keys: readonly ItemKey[]): Promise<readonly Item[]>
  write(tenant: string, writes: readonly SideWrite[]): Promise<void>
}

export function createTogether(target: BatchTarget): Together {
  const tenants = new Map<string, Lines>()
  const linesOf = (tenant: string): Lines => {
    const known = tenants.get(tenant)
    if (known !== undefined) return known
    const [oldest] = tenants.keys()
    if (oldest !== undefined && tenants.size >= TENANTS_MAX) tenants.delete(oldest)
    const lines = createLines(target)
    tenants.set(tenant, lines)
    return lines
  }
  return {
    async read(tenant, keys) {
      const wanted = keys.map((key) => encodeKey(tenant, key))
      if (wanted.length === 0) return []
      const found = await linesOf(tenant).read(wanted)
      const own = new Set(wanted.map(textOf))
      return [...own].flatMap((text) => {
        const attributes = found.get(text)
        return attributes === undefined ? [] : [decodeItem(attributes).item]
      })
    },
    async write(tenant, writes) {
      if (writes.length === 0) return
      await linesOf(tenant).write(writes.map((write) => encodeWrite(tenant, write)))
    },
  }
}

interface Lines {
  readonly read: (keys: readonly Attributes[]) => Promise<ReadonlyMap<string, Attributes>>
  readonly write: (writes: readonly KeyedWrite[]) => Promise<void>
}

interface KeyedWrite {
  readonly key: string
  readonly request: WriteRequest
}

const createLines = (target: BatchTarget): Lines => {
  /** When DynamoDB is busy, asking again one by one would only make it busier. */
  const isBusy = (error: unknown): boolean =>
    faultOf(translateDynamoError(target.table, error)).code === 'Throttled'
  return {
    read: createBatch((keys: readonly Attributes[]) => readAll(target, keys), isBusy),
    write: createBatch((writes: readonly KeyedWrite[]) => writeAll(target, writes), isBusy),
  }
}

async function readAll(
  target: BatchTarget,
  keys: readonly Attributes[],
): Promise<ReadonlyMap<string, Attributes>> {
  const distinct = [...new Map(keys.map((key) => [textOf(key), key])).values()]
  const [only] = distinct
  const found =
    only !== undefined && distinct.length === 1
      ? await readOne(target, only)
      : (
          await mapPool(chunks(distinct, BATCH_GET_MAX), BATCHES_AT_ONCE_MAX, (chunk) =>
            readBatch(target, chunk),
          )
        ).flat()
  return new Map(found.map((attributes) => [textOf(attributes), attributes]))
}

async function readOne(
  { client, table }: BatchTarget,
  key: Attributes,
): Promise<readonly Attributes[]> {
  const input = { TableName: table, Key: key, ConsistentRead: true }
  const { Item } = await client.send(new GetItemCommand(input))
  return Item === undefined ? [] : [Item]
}

/** Of two writes to one key the later one counts; DynamoDB takes no key twice in a batch. */
async function writeAll(target: BatchTarget, writes: readonly KeyedWrite[]): Promise<void> {
  const requests = new Map(writes.map(({ key, request }) => [key, request]))
  await mapPool(chunks([...requests.values()], BATCH_WRITE_MAX), BATCHES_AT_ONCE_MAX, (chunk) =>
    writeBatch(target, chunk),
  )
}

function encodeWrite(tenant: string, write: SideWrite): KeyedWrite {
  if ('put' in write) checkAttributes(write.put)
  const Key = encodeKey(tenant, 'put' in write ? write.put : write.delete)
  const request: WriteRequest =
    'put' in write
      ? { PutRequest: { Item: encodeItem(tenant, write.put) } }
      : { DeleteRequest: { Key } }
  return { key: textOf(Key), request }
}

const textOf = ({ pk, sk }: Attributes): string => JSON.stringify([pk?.S, sk?.S])

const chunks = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
