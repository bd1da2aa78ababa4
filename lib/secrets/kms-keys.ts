import { DecryptCommand, GenerateDataKeyCommand, type KMSClient } from '@aws-sdk/client-kms'
import { ArgosyError } from '../fault/fault.ts'
import { DATA_KEY_BYTES, type DataKeys, type KeyContext } from './data-keys.ts'

/**
 * Data keys under one AWS KMS key, with `{tenant, purpose}` as encryption context: KMS refuses
 * any other, a key policy can demand it, CloudTrail shows it. One request a call.
 * Throws `Throttled` when KMS asks to slow down after the client's own retries.
 */
export function createKmsKeys(client: KMSClient, keyId: string): DataKeys {
  return {
    async generate(context) {
      const command = new GenerateDataKeyCommand({
        KeyId: keyId,
        KeySpec: 'AES_256',
        EncryptionContext: { ...context },
      })
      const answer = await guarded(context, () => client.send(command))
      return { plain: keyOf(answer.Plaintext), wrapped: bytesOf(answer.CiphertextBlob) }
    },
    async unwrap(context, wrapped) {
      const command = new DecryptCommand({
        // Named, so that a ciphertext made under a foreign key is refused.
        KeyId: keyId,
        CiphertextBlob: wrapped,
        EncryptionContext: { ...context },
      })
      const answer = await guarded(context, () => client.send(command))
      return keyOf(answer.Plaintext)
    },
  }
}

/** Names under which KMS asks to slow down. */
const SLOW_DOWN = /Thrott|LimitExceeded|TooManyRequests/

async function guarded<T>(context: KeyContext, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (cause) {
    if (cause instanceof Error && SLOW_DOWN.test(cause.name))
      throw new ArgosyError({ code: 'Throttled', service: 'KMS' }, { cause })
    const detail = cause instanceof Error ? `${cause.name} ${cause.message}` : String(cause)
    throw internal(`data key for ${context.purpose}: ${detail.trim()}`, cause)
  }
}

const bytesOf = (bytes: Uint8Array | undefined): Uint8Array<ArrayBuffer> =>
  new Uint8Array(bytes ?? [])

function keyOf(bytes: Uint8Array | undefined): Uint8Array<ArrayBuffer> {
  const key = bytesOf(bytes)
  bytes?.fill(0)
  if (key.length !== DATA_KEY_BYTES) throw internal(`KMS answered a key of ${key.length} bytes`)
  return key
}

const internal = (message: string, cause?: unknown): ArgosyError =>
  new ArgosyError({ code: 'Internal', message }, { cause })
