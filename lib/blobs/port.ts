/**
 * Immutable bytes by digest (SHA-256, 64 hexadecimal digits) of themselves or of what they were
 * made from, per tenant (laws 8 and 10). A second `put` of the same digest is harmless, also at
 * the same time; `get` answers `undefined` for what is not there, and never half a blob. Each
 * costs one request. Laws: `test/contracts/blobs.contract.ts`.
 */
export interface Blobs {
  put(tenant: string, digest: string, bytes: Uint8Array): Promise<void>
  get(tenant: string, digest: string): Promise<Uint8Array | undefined>
}
