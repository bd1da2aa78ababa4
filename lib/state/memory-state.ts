import { compareUtf8 } from './compare-utf8.ts'
import { holds } from './memory-condition.ts'
import { DUE, DUE_SHARD, type Item, type ItemChange, type ItemKey, type ItemPage } from './port.ts'
import type { Condition, DueEntry, ItemQuery, SideWrite, State } from './port.ts'
import { parseTableKey, tableKey, tablePartition } from './table-key.ts'
import {
  BATCH_GET_MAX,
  BATCH_WRITE_MAX,
  checkAttributes,
  checkChange,
  checkPageSize,
  checkQuery,
  itemBytes,
  PAGE_BYTES_MAX,
  setsOf,
  slip,
  STORED_ITEM_BYTES_MAX,
  tooLarge,
} from './table-rules.ts'

/** State in memory, which also counts the requests that DynamoDB would have been sent. */
export interface MemoryState extends State {
  requests(): number
}

/** The laws of the port for tests and the simulation; pages and refuses as DynamoDB does. */
export function createMemoryState(): MemoryState {
  const table: Table = new Map()
  let requests = 0
  const ask = async <T>(answer: () => T, cost = 1): Promise<T> => {
    const answered = answer()
    requests += cost
    return answered
  }
  return {
    get: (tenant, key) => ask(() => read(table, tenant, key)),
    getMany: (tenant, keys) =>
      ask(() => readAll(table, tenant, keys), batches(distinct(keys), BATCH_GET_MAX)),
    put: (tenant, item, condition) => ask(() => put(table, tenant, { item, condition })),
    update: (tenant, key, change) => ask(() => update(table, tableKey(tenant, key), change)),
    delete: (tenant, key, condition) => ask(() => remove(table, tableKey(tenant, key), condition)),
    query: (tenant, query) => ask(() => page(table, tenant, query)),
    writeMany: (tenant, writes) => {
      const keys = writes.map((write) => ('put' in write ? write.put : write.delete))
      return ask(() => writeAll(table, tenant, writes), batches(distinct(keys), BATCH_WRITE_MAX))
    },
    dueNow: (shard, now, limit) => ask(() => due(table, { shard: String(shard), now, limit })),
    requests: () => requests,
  }
}

/** Items by partition and sort key, both as the table knows them. */
type Table = Map<string, Map<string, Item>>

const distinct = (keys: readonly ItemKey[]): number =>
  new Set(keys.map(({ pk, sk }) => JSON.stringify([pk, sk]))).size

const batches = (items: number, size: number): number => Math.ceil(items / size)

function read(table: Table, tenant: string, key: ItemKey): Item | undefined {
  const found = lookUp(table, tableKey(tenant, key))
  return found === undefined ? undefined : decode(found)
}

function readAll(table: Table, tenant: string, keys: readonly ItemKey[]): readonly Item[] {
  const found = new Set<Item>()
  for (const key of keys) {
    const item = lookUp(table, tableKey(tenant, key))
    if (item !== undefined) found.add(item)
  }
  return [...found].map(decode)
}

function put(
  table: Table,
  tenant: string,
  write: { readonly item: Item; readonly condition: Condition | undefined },
): boolean {
  checkAttributes(write.item)
  const item = { ...write.item, ...tableKey(tenant, write.item) }
  if (!mayWrite(table, item, write.condition)) return false
  store(table, item)
  return true
}

function update(table: Table, key: ItemKey, change: ItemChange): Item | undefined {
  checkChange(change)
  if (!mayWrite(table, key, change.condition)) return undefined
  const next: Record<string, Item[string]> = { ...lookUp(table, key), ...setsOf(change) }
  for (const [name, by] of Object.entries(change.add ?? {})) {
    const before = next[name] ?? 0
    if (typeof before !== 'number') throw slip(`attribute ${name} is no number to add to`)
    next[name] = before + by
  }
  for (const name of change.remove ?? []) delete next[name]
  const item = { ...next, ...key }
  store(table, item)
  return decode(item)
}

function remove(table: Table, key: ItemKey, condition?: Condition): boolean {
  if (!mayWrite(table, key, condition)) return false
  table.get(key.pk)?.delete(key.sk)
  return true
}

function writeAll(table: Table, tenant: string, writes: readonly SideWrite[]): void {
  for (const write of writes) {
    if ('put' in write) put(table, tenant, { item: write.put, condition: undefined })
    else remove(table, tableKey(tenant, write.delete))
  }
}

function page(table: Table, tenant: string, query: ItemQuery): ItemPage {
  checkQuery(query)
  const { pk, skPrefix = '', limit, descending = false, cursor } = query
  if (cursor !== undefined) tableKey(tenant, { pk, sk: cursor })
  const direction = descending ? -1 : 1
  const partition = table.get(tablePartition(tenant, pk)) ?? new Map<string, Item>()
  const rest = [...partition.values()]
    .filter(({ sk }) => sk.startsWith(skPrefix))
    .filter(({ sk }) => cursor === undefined || direction * compareUtf8(sk, cursor) > 0)
    .toSorted((a, b) => direction * compareUtf8(a.sk, b.sk))

  const items: Item[] = []
  let bytes = 0
  for (const item of rest) {
    if (items.length === limit || bytes >= PAGE_BYTES_MAX) break
    items.push(decode(item))
    bytes += itemBytes(item)
  }
  const last = items.at(-1)
  const isCut = items.length < rest.length || items.length === limit
  return isCut && last !== undefined ? { items, cursor: last.sk } : { items }
}

function due(
  table: Table,
  ask: { readonly shard: string; readonly now: number; readonly limit: number },
): readonly DueEntry[] {
  checkPageSize(ask.limit)
  return [...table.values()]
    .flatMap((partition) => [...partition.values()])
    .flatMap((item) => {
      const at = item[DUE]
      const isDue = item[DUE_SHARD] === ask.shard && typeof at === 'number' && at <= ask.now
      return isDue ? [{ ...parseTableKey(item), due: at }] : []
    })
    .toSorted((a, b) => a.due - b.due)
    .slice(0, ask.limit)
}

const lookUp = (table: Table, key: ItemKey): Item | undefined => table.get(key.pk)?.get(key.sk)

const mayWrite = (table: Table, key: ItemKey, condition: Condition | undefined): boolean =>
  condition === undefined || holds(lookUp(table, key), condition)

function store(table: Table, item: Item): void {
  if (itemBytes(item) > STORED_ITEM_BYTES_MAX) throw tooLarge()
  const partition = table.get(item.pk) ?? new Map<string, Item>()
  table.set(item.pk, partition.set(item.sk, item))
}

const decode = (stored: Item): Item => ({ ...stored, ...parseTableKey(stored).key })
