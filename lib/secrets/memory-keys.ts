import { importKey } from './aes-gcm.ts'
import { DATA_KEY_BYTES, type DataKeys } from './data-keys.ts'
import { createMasterKeys } from './master-key.ts'

/** Data keys under a master key that is gone with the process, for tests and the simulation. */
export function createMemoryKeys(): DataKeys {
  const master = importKey(crypto.getRandomValues(new Uint8Array(DATA_KEY_BYTES)))
  return createMasterKeys(() => master)
}
