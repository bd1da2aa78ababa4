/**
 * The state port: a portable subset of DynamoDB (one table, no transactions, no streams). Stores
 * such as `applications.ts` put the domain on top of it, once for all adapters.
 *
 * Laws, each in `test/contracts/state.contract.ts`:
 * - Every key belongs to a tenant: two tenants never see each other's items.
 * - `put`, `update` and `delete` with a condition are atomic per item: of N racing writers whose
 *   condition excludes each other, one wins. There is nothing atomic across items.
 * - `get` and `query` of the table itself see every write that was acknowledged before.
 * - `dueNow` reads an index and may lag behind.
 * - One call is one request, but for `getMany` (one per 100 keys) and `writeMany` (one per 25).
 */
export interface State {
  get(tenant: string, key: ItemKey): Promise<Item | undefined>
  /** The items that exist, in no particular order. */
  getMany(tenant: string, keys: readonly ItemKey[]): Promise<readonly Item[]>
  /** Writes the whole item. False when the condition did not hold. */
  put(tenant: string, item: Item, condition?: Condition): Promise<boolean>
  /**
   * Changes single attributes and answers the item as it is afterwards; `undefined` when the
   * condition did not hold. Without a condition that asks for existence it creates the item.
   */
  update(tenant: string, key: ItemKey, change: ItemChange): Promise<Item | undefined>
  delete(tenant: string, key: ItemKey, condition?: Condition): Promise<boolean>
  /**
   * One page of a partition, ordered by the UTF-8 bytes of `sk`. It ends at `limit` or at a
   * megabyte; `cursor` is set when there may be more, and only without it is the end reached.
   */
  query(tenant: string, query: ItemQuery): Promise<ItemPage>
  /**
   * Unconditional writes of side items that nothing points to yet, or that nothing needs any more.
   * Of two writes to one key the later one counts; when it fails, some may have been done.
   */
  writeMany(tenant: string, writes: readonly SideWrite[]): Promise<void>
  /** What is due in one shard, oldest first: the one question that is asked across tenants (law 10). */
  dueNow(shard: number, now: number, limit: number): Promise<readonly DueEntry[]>
}

export interface ItemKey {
  readonly pk: string
  readonly sk: string
}

/** Attributes are scalars; structures are stored as JSON text by the stores. */
export type Scalar = string | number | boolean
export type Item = ItemKey & { readonly [attribute: string]: Scalar }

export type Condition =
  | { readonly attribute: string; readonly exists: boolean }
  | { readonly attribute: string; readonly equals: Scalar }
  | { readonly attribute: string; readonly below: number }
  | { readonly attribute: string; readonly equalsAttribute: string }
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }

export interface ItemChange {
  /** An attribute with the value `undefined` is left as it is. */
  readonly set?: Readonly<Record<string, Scalar | undefined>>
  /** Adds to a number; an absent attribute counts as 0. */
  readonly add?: Readonly<Record<string, number>>
  readonly remove?: readonly string[]
  readonly condition?: Condition
}

export interface ItemQuery {
  readonly pk: string
  readonly skPrefix?: string
  readonly limit?: number
  readonly descending?: boolean
  readonly cursor?: string
}

export interface ItemPage {
  readonly items: readonly Item[]
  readonly cursor?: string
}

export type SideWrite = { readonly put: Item } | { readonly delete: ItemKey }

export interface DueEntry {
  readonly tenant: string
  readonly key: ItemKey
  readonly due: number
}

/**
 * The attributes behind the `due` index. An item with `due` (epoch ms) and `dueShard` is in the
 * index; without them it is not. Only these names reach the adapters.
 */
export const DUE = 'due'
export const DUE_SHARD = 'dueShard'

/** Largest item DynamoDB takes, minus room for keys and counters: larger documents go to blobs. */
export const ITEM_BYTES_MAX = 100_000
