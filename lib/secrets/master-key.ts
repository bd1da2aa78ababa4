import { ArgosyError } from '../fault/fault.ts'
import { type AesKey, openBytes, sealBytes } from './aes-gcm.ts'
import { DATA_KEY_BYTES, type DataKeys } from './data-keys.ts'

/** Data keys under a master key that this process holds; `load` is asked once it is needed. */
export function createMasterKeys(load: () => Promise<AesKey>): DataKeys {
  return {
    async generate(context) {
      const plain = crypto.getRandomValues(new Uint8Array(DATA_KEY_BYTES))
      return { plain, wrapped: await sealBytes(await load(), context, plain) }
    },
    async unwrap(context, wrapped) {
      const master = await load()
      try {
        return await openBytes(master, context, wrapped)
      } catch (cause) {
        const message = `data key for ${context.purpose} does not open: the master key is another one, or it was made for another tenant or purpose`
        throw new ArgosyError({ code: 'Internal', message }, { cause })
      }
    },
  }
}
