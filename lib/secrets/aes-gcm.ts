import { canonicalJson } from '../std/json.ts'
import type { KeyContext } from './data-keys.ts'

/** Sealed bytes are a random nonce of 12 bytes, the ciphertext, and its tag of 16 (NIST SP 800-38D). */
const NONCE_BYTES = 12
const ALGORITHM = 'AES-GCM'

export type AesKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>

/** The key for `seal` and `open`; it can be used, but never read again. */
export const importKey = (raw: Uint8Array<ArrayBuffer>): Promise<AesKey> =>
  crypto.subtle.importKey('raw', raw, ALGORITHM, false, ['encrypt', 'decrypt'])

export async function sealBytes(
  key: AesKey,
  context: KeyContext,
  plain: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
  const parameters = { name: ALGORITHM, iv, additionalData: contextBytes(context) }
  const sealed = new Uint8Array(await crypto.subtle.encrypt(parameters, key, plain))
  const both = new Uint8Array(NONCE_BYTES + sealed.length)
  both.set(iv)
  both.set(sealed, NONCE_BYTES)
  return both
}

/** Rejects when key, context or bytes are not those of `sealBytes`. */
export async function openBytes(
  key: AesKey,
  context: KeyContext,
  sealed: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const iv = sealed.subarray(0, NONCE_BYTES)
  const parameters = { name: ALGORITHM, iv, additionalData: contextBytes(context) }
  return new Uint8Array(await crypto.subtle.decrypt(parameters, key, sealed.subarray(NONCE_BYTES)))
}

/** JSON keeps the two apart whatever they contain, and escapes halves of surrogate pairs. */
const contextBytes = ({ tenant, purpose }: KeyContext): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(canonicalJson({ tenant, purpose }))
