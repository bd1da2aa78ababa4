import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { ArgosyError } from '../fault/fault.ts'
import type { Item, ItemKey, Scalar } from './port.ts'
import { parseTableKey, tableKey } from './table-key.ts'

/** An item as DynamoDB's wire has it. */
export type Attributes = Record<string, AttributeValue>

/** An item of a tenant as the table holds it; `decodeItem` is its inverse. */
export const encodeItem = (tenant: string, item: Item): Attributes => ({
  ...Object.fromEntries(
    Object.entries(item).map(([name, value]) => [name, encodeScalar(value)] as const),
  ),
  ...encodeKey(tenant, item),
})

/** Throws `Internal` for an item that Argosy did not write. */
export function decodeItem(attributes: Attributes): {
  readonly tenant: string
  readonly item: Item
} {
  const scalars = Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, decodeScalar(name, value)] as const),
  )
  const { pk, sk } = scalars
  if (typeof pk !== 'string' || typeof sk !== 'string') throw foreign('pk')
  const { tenant, key } = parseTableKey({ pk, sk })
  return { tenant, item: { ...scalars, ...key } }
}

export function encodeKey(tenant: string, key: ItemKey): Attributes {
  const { pk, sk } = tableKey(tenant, key)
  return { pk: { S: pk }, sk: { S: sk } }
}

export function encodeScalar(value: Scalar): AttributeValue {
  if (typeof value === 'string') return { S: value }
  return typeof value === 'number' ? { N: String(value) } : { BOOL: value }
}

function decodeScalar(name: string, value: AttributeValue): Scalar {
  if (value.S !== undefined) return value.S
  if (value.N !== undefined) return Number(value.N)
  if (value.BOOL !== undefined) return value.BOOL
  throw foreign(name)
}

const foreign = (attribute: string): ArgosyError =>
  new ArgosyError({
    code: 'Internal',
    message: `attribute ${attribute} of an item is no text, number or boolean; was it written by hand?`,
  })
