import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { ArgosyError } from '../fault/fault.ts'
import { blobPath, checkBlobSize } from './blob-path.ts'
import type { Blobs } from './port.ts'

/**
 * Blobs as objects of a bucket; one request each. The role needs `s3:ListBucket` besides
 * `s3:GetObject`: without it S3 answers 403 instead of 404 for what is not there.
 * Throws `Throttled` when S3 asks to slow down after the client's own retries.
 */
export function createS3Blobs(client: S3Client, bucket: string): Blobs {
  return {
    async put(tenant, digest, bytes) {
      const Key = blobPath(tenant, digest).join('/')
      checkBlobSize(digest, bytes)
      const input = { Bucket: bucket, Key, Body: bytes, ContentType: 'application/octet-stream' }
      await guarded(bucket, digest, () => client.send(new PutObjectCommand(input)))
    },
    async get(tenant, digest) {
      const Key = blobPath(tenant, digest).join('/')
      return guarded(bucket, digest, () => readIfThere(client, { Bucket: bucket, Key }))
    },
  }
}

async function readIfThere(
  client: S3Client,
  input: { readonly Bucket: string; readonly Key: string },
): Promise<Uint8Array | undefined> {
  try {
    const { Body } = await client.send(new GetObjectCommand(input))
    return (await Body?.transformToByteArray()) ?? new Uint8Array()
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchKey') return undefined
    throw error
  }
}

/** Names under which S3 and its KMS key ask to slow down. */
const SLOW_DOWN = /SlowDown|Thrott|TooManyRequests|ServiceUnavailable/

async function guarded<T>(bucket: string, digest: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (cause) {
    if (cause instanceof Error && SLOW_DOWN.test(cause.name))
      throw new ArgosyError({ code: 'Throttled', service: 'S3' }, { cause })
    const detail = cause instanceof Error ? cause.message || cause.name : String(cause)
    const message = `blob ${digest} in bucket ${bucket}: ${detail}`
    throw new ArgosyError({ code: 'Internal', message }, { cause })
  }
}
