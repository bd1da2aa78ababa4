import { ArgosyError } from '../fault/fault.ts'
import type { ItemKey } from './port.ts'

/** DynamoDB's own limits on the two halves of a key, in UTF-8 bytes. */
export const PARTITION_KEY_BYTES_MAX = 2_048
export const SORT_KEY_BYTES_MAX = 1_024
export const TENANT_LENGTH_MAX = 128

/**
 * The key under which the table knows an item: `T#<tenant>#<pk>`. A tenant holds no `#`, so the
 * second one ends it and no `pk`, whatever it contains, reaches into another tenant (law 10).
 * Throws `InvalidArgument` for a tenant or key that the table cannot hold.
 */
export function tableKey(tenant: string, key: ItemKey): ItemKey {
  return { pk: tablePartition(tenant, key.pk), sk: sortKey(key.sk) }
}

/** The partition half of `tableKey`. */
export function tablePartition(tenant: string, pk: string): string {
  if (!isTenant(tenant)) throw invalid(`tenant ${quote(tenant)} is no tenant name`)
  const partition = `${PREFIX}${tenant}${SEPARATOR}${pk}`
  if (pk === '' || !pk.isWellFormed() || bytesOf(partition) > PARTITION_KEY_BYTES_MAX)
    throw invalid(`partition key ${quote(pk)} of tenant ${quote(tenant)} is empty or too long`)
  return partition
}

/** Tenant and key behind a key of the table. Throws `Internal` for what `tableKey` never made. */
export function parseTableKey(stored: ItemKey): { readonly tenant: string; readonly key: ItemKey } {
  const end = stored.pk.indexOf(SEPARATOR, PREFIX.length)
  if (!stored.pk.startsWith(PREFIX) || end < 0) {
    const message = `table key ${quote(stored.pk)} belongs to no tenant; was it written by hand?`
    throw new ArgosyError({ code: 'Internal', message })
  }
  return {
    tenant: stored.pk.slice(PREFIX.length, end),
    key: { pk: stored.pk.slice(end + 1), sk: stored.sk },
  }
}

const SEPARATOR = '#'
const PREFIX = 'T#'

function sortKey(sk: string): string {
  if (sk !== '' && sk.isWellFormed() && bytesOf(sk) <= SORT_KEY_BYTES_MAX) return sk
  throw invalid(`sort key ${quote(sk)} is empty or longer than ${SORT_KEY_BYTES_MAX} bytes`)
}

/** Half a surrogate pair becomes U+FFFD on its way out: two such names would be one. */
const isTenant = (tenant: string): boolean =>
  tenant !== '' &&
  tenant.length <= TENANT_LENGTH_MAX &&
  !tenant.includes(SEPARATOR) &&
  tenant.isWellFormed()

const bytesOf = (text: string): number => new TextEncoder().encode(text).length

const quote = (text: string): string => JSON.stringify(text.slice(0, 80))

const invalid = (message: string): ArgosyError =>
  new ArgosyError({ code: 'InvalidArgument', message })
