import { ArgosyError } from '../fault/fault.ts'
import { DUE, DUE_SHARD, type Item, type ItemChange, type ItemQuery, type Scalar } from './port.ts'

/** DynamoDB's own limit; the stores move larger documents to blobs long before (`ITEM_BYTES_MAX`). */
export const STORED_ITEM_BYTES_MAX = 400 * 1024
/** A page of a query ends when it has read this much. */
export const PAGE_BYTES_MAX = 1024 * 1024
/** Items in one batch request. */
export const BATCH_GET_MAX = 100
export const BATCH_WRITE_MAX = 25

/** What DynamoDB would refuse, refused alike by every adapter: a slip of a store, so `Internal`. */
export function checkAttributes(attributes: Readonly<Record<string, Scalar>>): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === '') throw slip('an attribute has no name')
    if (typeof value === 'number' && !Number.isFinite(value))
      throw slip(`attribute ${name} is ${value}, which no table holds`)
    if (name === DUE && typeof value !== 'number') throw slip(`attribute ${name} is no number`)
    if (name === DUE_SHARD && (typeof value !== 'string' || value === ''))
      throw slip(`attribute ${name} is no text`)
  }
}

/** Attributes that `change` sets; one with the value `undefined` is left as it is. */
export const setsOf = ({ set = {} }: ItemChange): Readonly<Record<string, Scalar>> =>
  Object.fromEntries(
    Object.entries(set).filter((entry): entry is [string, Scalar] => entry[1] !== undefined),
  )

/** An attribute may be changed in one way only, and the key in none. */
export function checkChange(change: ItemChange): void {
  const sets = setsOf(change)
  const names = [...Object.keys(sets), ...Object.keys(change.add ?? {}), ...(change.remove ?? [])]
  checkAttributes(sets)
  checkAttributes(change.add ?? {})
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw slip(`attribute ${twice} is changed in two ways at once`)
  if (names.includes('pk') || names.includes('sk')) throw slip('the key of an item never changes')
}

/** DynamoDB refuses a limit of 0; asking for nothing is a slip. */
export function checkPageSize(limit: number | undefined): void {
  if (limit !== undefined && !(Number.isInteger(limit) && limit > 0))
    throw slip(`a page of ${limit} items was asked for`)
}

/** A cursor is a sort key that the same query answered. Throws `InvalidArgument` for another's. */
export function checkQuery({ skPrefix = '', limit, cursor }: ItemQuery): void {
  checkPageSize(limit)
  if (cursor === undefined || cursor.startsWith(skPrefix)) return
  const message = `cursor ${JSON.stringify(cursor)} is of another query; begin without one`
  throw new ArgosyError({ code: 'InvalidArgument', message })
}

/** Size as DynamoDB counts it: names and texts in UTF-8; numbers are estimated from above. */
export function itemBytes(item: Item): number {
  let bytes = 0
  for (const [name, value] of Object.entries(item)) bytes += textBytes(name) + scalarBytes(value)
  return bytes
}

/** The fault for an item that DynamoDB does not take for its size. */
export const tooLarge = (cause?: unknown): ArgosyError =>
  new ArgosyError(
    {
      code: 'LimitExceeded',
      limit: 'STORED_ITEM_BYTES_MAX',
      message: `an item is larger than ${STORED_ITEM_BYTES_MAX / 1024} KB; keep its text in a blob`,
    },
    { cause },
  )

export const slip = (message: string): ArgosyError =>
  new ArgosyError({ code: 'Internal', message: `state: ${message}` })

const NUMBER_BYTES = 21

const scalarBytes = (value: Scalar): number => {
  if (typeof value === 'string') return textBytes(value)
  return typeof value === 'number' ? NUMBER_BYTES : 1
}

const textBytes = (text: string): number => new TextEncoder().encode(text).length
