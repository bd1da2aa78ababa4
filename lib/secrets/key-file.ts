import { randomUUID } from 'node:crypto'
import { link, mkdir, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ArgosyError } from '../fault/fault.ts'
import { type AesKey, importKey } from './aes-gcm.ts'
import { DATA_KEY_BYTES, type DataKeys } from './data-keys.ts'
import { createMasterKeys } from './master-key.ts'

/**
 * Data keys under a master key of 32 bytes in a file that only its owner can read. The file is
 * made on first use; of two processes that begin at once, one makes it for both.
 * Throws `FailedPrecondition` when others may read the file or it holds no key.
 */
export function createKeyFile(path: string): DataKeys {
  let master: Promise<AesKey> | undefined
  return createMasterKeys(() => {
    master ??= loadOrMake(path).catch((error: unknown) => {
      // A file that is put right needs no restart.
      master = undefined
      throw error
    })
    return master
  })
}

async function loadOrMake(path: string): Promise<AesKey> {
  try {
    const raw = (await read(path)) ?? (await make(path))
    return await importKey(raw).finally(() => raw.fill(0))
  } catch (cause) {
    if (cause instanceof ArgosyError) throw cause
    const detail = cause instanceof Error ? cause.message : String(cause)
    throw refused(`key file ${path}: ${detail}`, cause)
  }
}

async function read(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const opened = await open(path, 'r').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  })
  if (opened === undefined) return undefined
  await using file = opened
  const { mode, size } = await file.stat()
  // Windows has no such modes and reports them all as open.
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    throw refused(`key file ${path} can be read by others; run chmod 600 ${path}`)
  if (size !== DATA_KEY_BYTES)
    throw refused(
      `key file ${path} has ${size} bytes, not ${DATA_KEY_BYTES}; restore it from a backup`,
    )
  return new Uint8Array(await file.readFile())
}

/** The key is written elsewhere and then linked, which unlike a rename replaces nothing. */
async function make(path: string): Promise<Uint8Array<ArrayBuffer>> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const unfinished = `${path}.${randomUUID()}`
  try {
    await writeSynced(unfinished, crypto.getRandomValues(new Uint8Array(DATA_KEY_BYTES)))
    await link(unfinished, path).catch((error: unknown) => {
      if (!hasCode(error, 'EEXIST')) throw error
    })
  } finally {
    await rm(unfinished, { force: true })
  }
  const raw = await read(path)
  if (raw === undefined) throw refused(`key file ${path} was removed while it was made`)
  return raw
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  await using file = await open(path, 'wx', 0o600)
  await file.writeFile(bytes)
  await file.sync()
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code

const refused = (message: string, cause?: unknown): ArgosyError =>
  new ArgosyError({ code: 'FailedPrecondition', message }, { cause })
