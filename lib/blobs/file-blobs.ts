import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ArgosyError } from '../fault/fault.ts'
import { blobPath, checkBlobSize } from './blob-path.ts'
import type { Blobs } from './port.ts'

/**
 * Blobs as files below a folder, which is made when needed. A file appears whole or not at all:
 * it is written and synced elsewhere on the same disk, then renamed. A process that dies in
 * between leaves a file in `tmp`, which nothing reads.
 */
export function createFileBlobs(directory: string): Blobs {
  const pathOf = (tenant: string, digest: string): string =>
    join(directory, 'blobs', ...blobPath(tenant, digest))
  return {
    async put(tenant, digest, bytes) {
      const path = pathOf(tenant, digest)
      checkBlobSize(digest, bytes)
      await guarded(digest, () => writeWhole(path, join(directory, 'tmp'), bytes))
    },
    async get(tenant, digest) {
      const path = pathOf(tenant, digest)
      return guarded(digest, () => readIfThere(path))
    },
  }
}

async function writeWhole(path: string, tmp: string, bytes: Uint8Array): Promise<void> {
  await Promise.all([mkdir(dirname(path), FOLDER), mkdir(tmp, FOLDER)])
  const unfinished = join(tmp, randomUUID())
  try {
    await writeSynced(unfinished, bytes)
    await rename(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
}

/** Without the sync, a power cut could leave the name but not the bytes. */
async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  await using file = await open(path, 'wx', 0o600)
  await file.writeFile(bytes)
  await file.datasync()
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return new Uint8Array(await readFile(path))
  } catch (error) {
    if (isAbsence(error)) return undefined
    throw error
  }
}

const FOLDER = { recursive: true, mode: 0o700 } as const

const isAbsence = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT'

async function guarded<T>(digest: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause)
    throw new ArgosyError({ code: 'Internal', message: `blob ${digest}: ${detail}` }, { cause })
  }
}
