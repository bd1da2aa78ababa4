import type { Blobs } from '../blobs/port.ts'
import { digestText } from '../std/digest.ts'
import { SAVED_DIRECTORY_BYTES_MAX, type GitLimits } from './limits.ts'
import type { GitObject } from './objects.ts'
import { MissingBaseError, PackError, parsePack, writePack, type PackObjects } from './pack.ts'

/**
 * Files of directories kept beyond this process: one pack for a tree, by the tree's id. What is
 * read is believed only as far as its own ids go, so a damaged or foreign pack is merely useless.
 */
export interface SavedDirectories {
  load(tenant: string, tree: string): Promise<PackObjects | undefined>
  save(tenant: string, tree: string, files: PackObjects): Promise<void>
}

export function createSavedDirectories(
  blobs: Blobs | undefined,
  limits: GitLimits,
): SavedDirectories {
  return {
    async load(tenant, tree) {
      const pack = await blobs?.get(tenant, keyOf(tree))
      return pack === undefined ? undefined : readPack(pack, limits)
    },
    async save(tenant, tree, files) {
      if (blobs === undefined || sizeOf(files.values()) > SAVED_DIRECTORY_BYTES_MAX) return
      await blobs.put(tenant, keyOf(tree), writePack([...files.values()]))
    },
  }
}

/** The number changes with the format; old packs are then merely unused. */
const keyOf = (tree: string): string => digestText(`git directory 1 ${tree}`)

const sizeOf = (files: Iterable<GitObject>): number => {
  let bytes = 0
  for (const { data } of files) bytes += data.length
  return bytes
}

function readPack(pack: Uint8Array, limits: GitLimits): PackObjects | undefined {
  try {
    return parsePack(pack, limits)
  } catch (error) {
    if (error instanceof PackError || error instanceof MissingBaseError) return undefined
    throw error
  }
}
