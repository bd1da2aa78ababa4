import { ArgosyError } from '../fault/fault.ts'

/** Largest blob; twice what any limit of a source lets through, small enough to hold in memory. */
export const BLOB_BYTES_MAX = 128 * 1024 * 1024
/** Longest name of one folder on the usual file systems. */
export const TENANT_SEGMENT_MAX = 255

/**
 * Where a blob lies, as segments of a path or object key: tenant, two digits, digest. Every
 * character of the tenant but `a-z`, `0-9`, `-` and `_` is escaped, so that no tenant reaches out
 * of its folder, nor into another's where a file system ignores case.
 * Throws `InvalidArgument` for what is no tenant or no SHA-256 digest.
 */
export function blobPath(tenant: string, digest: string): readonly [string, string, string] {
  if (!/^[0-9a-f]{64}$/.test(digest))
    throw invalid(`blob digest ${quote(digest)} is not 64 hexadecimal digits`)
  return [tenantSegment(tenant), digest.slice(0, 2), digest]
}

/** Throws `LimitExceeded` for a blob above `BLOB_BYTES_MAX`. */
export function checkBlobSize(digest: string, bytes: Uint8Array): void {
  if (bytes.length <= BLOB_BYTES_MAX) return
  const message = `blob ${digest} has ${bytes.length} bytes; at most ${BLOB_BYTES_MAX} are stored`
  throw new ArgosyError({ code: 'LimitExceeded', limit: 'BLOB_BYTES_MAX', message })
}

function tenantSegment(tenant: string): string {
  // Half a surrogate pair would become U+FFFD, and two such tenants one.
  const segment = tenant.isWellFormed() ? escape(tenant) : ''
  if (segment === '' || segment.length > TENANT_SEGMENT_MAX)
    throw invalid(`tenant ${quote(tenant)} is no tenant name`)
  return segment
}

const escape = (text: string): string =>
  text.replaceAll(/[^a-z0-9_-]/gu, (character) =>
    [...new TextEncoder().encode(character)]
      .map((byte) => `%${byte.toString(16).padStart(2, '0')}`)
      .join(''),
  )

const quote = (text: string): string => JSON.stringify(text.slice(0, 80))

const invalid = (message: string): ArgosyError =>
  new ArgosyError({ code: 'InvalidArgument', message })
