import type { Clock } from '../clock/port.ts'
import { ArgosyError } from '../fault/fault.ts'
import { canonicalJson } from '../std/json.ts'
import { type AesKey, importKey, openBytes, sealBytes } from './aes-gcm.ts'
import type { DataKeys, KeyContext } from './data-keys.ts'
import { createKeyCache } from './key-cache.ts'
import type { Secrets } from './port.ts'

/** Largest secret, in UTF-8 bytes: a kubeconfig with its certificates is a tenth of it. */
export const SECRET_BYTES_MAX = 64 * 1024

/**
 * Seals by AES-256-GCM under a data key, which lies wrapped beside what it sealed. A sealed text
 * is `v1.<wrapped key>.<nonce, ciphertext, tag>`, both in base64url. Data keys are kept for
 * `KEY_TTL_MS`, so that a busy process asks for each only once in that time.
 */
export function createEnvelopeSecrets(keys: DataKeys, clock: Clock): Secrets {
  const sealing = createKeyCache<SealingKey>(clock)
  const opening = createKeyCache<AesKey>(clock)
  const generate = async (context: KeyContext): Promise<SealingKey> => {
    const { plain, wrapped } = await keys.generate(context)
    const key = await importKey(plain).finally(() => plain.fill(0))
    // What was sealed a moment ago opens without asking again.
    await opening(wrappedName(context, wrapped), async () => key)
    return { key, wrapped }
  }
  const unwrap = async (context: KeyContext, wrapped: Bytes): Promise<AesKey> => {
    const plain = await keys.unwrap(context, wrapped)
    return importKey(plain).finally(() => plain.fill(0))
  }
  return {
    async seal(tenant, purpose, plain) {
      const context = { tenant, purpose }
      const bytes = new TextEncoder().encode(plain)
      if (bytes.length > SECRET_BYTES_MAX) throw tooLong(context)
      const { key, wrapped } = await sealing(canonicalJson(context), () => generate(context))
      const sealed = await sealBytes(key, context, bytes)
      return [VERSION, toText(wrapped), toText(sealed)].join('.')
    },
    async open(tenant, purpose, sealed) {
      const context = { tenant, purpose }
      const { wrapped, body } = parse(context, sealed)
      const key = await opening(wrappedName(context, wrapped), () => unwrap(context, wrapped))
      const plain = await openBytes(key, context, body).catch((cause: unknown) => {
        throw unreadable(context, cause)
      })
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(plain)
    },
  }
}

const VERSION = 'v1'

type Bytes = Uint8Array<ArrayBuffer>

interface SealingKey {
  readonly key: AesKey
  readonly wrapped: Bytes
}

const wrappedName = (context: KeyContext, wrapped: Bytes): string =>
  canonicalJson({ ...context, wrapped: toText(wrapped) })

function parse(
  context: KeyContext,
  sealed: string,
): { readonly wrapped: Bytes; readonly body: Bytes } {
  const [version, wrapped, body, ...rest] = sealed.split('.')
  if (version !== VERSION || wrapped === undefined || body === undefined || rest.length > 0)
    throw unreadable(context)
  return { wrapped: fromText(wrapped), body: fromText(body) }
}

const toText = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')

const fromText = (text: string): Bytes => new Uint8Array(Buffer.from(text, 'base64url'))

const unreadable = ({ tenant, purpose }: KeyContext, cause?: unknown): ArgosyError => {
  const message = `secret for ${purpose} of tenant ${tenant} does not open: it was sealed for another tenant or purpose, or was changed`
  return new ArgosyError({ code: 'Internal', message }, { cause })
}

const tooLong = ({ purpose }: KeyContext): ArgosyError => {
  const message = `secret for ${purpose} has more than ${SECRET_BYTES_MAX} bytes`
  return new ArgosyError({ code: 'LimitExceeded', limit: 'SECRET_BYTES_MAX', message })
}
