import { blobPath, checkBlobSize } from './blob-path.ts'
import type { Blobs } from './port.ts'

/** Blobs in memory, for tests and the simulation. */
export function createMemoryBlobs(): Blobs {
  const blobs = new Map<string, Uint8Array>()
  return {
    async put(tenant, digest, bytes) {
      const path = blobPath(tenant, digest).join('/')
      checkBlobSize(digest, bytes)
      blobs.set(path, bytes.slice())
    },
    async get(tenant, digest) {
      return blobs.get(blobPath(tenant, digest).join('/'))?.slice()
    },
  }
}
