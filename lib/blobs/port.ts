/**
 * Immutable bytes by content digest, per tenant (laws 8 and 10). A second `put` of the same
 * digest is harmless; `get` answers `undefined` for what is not there.
 */
export interface Blobs {
  put(tenant: string, digest: string, bytes: Uint8Array): Promise<void>
  get(tenant: string, digest: string): Promise<Uint8Array | undefined>
}
