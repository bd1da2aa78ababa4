import type { GitLimits } from './limits.ts'
import { REPOSITORIES_MAX } from './limits.ts'
import type { GitObject } from './objects.ts'

/**
 * Objects of one repository of one tenant, in memory, bounded. The least recently used go
 * first; whoever needs an object again asks the server again.
 */
export interface ObjectStore {
  get(id: string): GitObject | undefined
  /** Keeps the objects. `commits`: those of which every tree is here from now on. */
  add(objects: ReadonlyMap<string, GitObject>, commits?: readonly string[]): void
  /** Commits of which every tree is here, newest first. */
  completeCommits(): readonly string[]
  /** Ids of all commits that are here. */
  commits(): readonly string[]
}

/** One memory for all repositories; the bounds are `cacheBytes` and `repoCacheBytes`. */
export function createObjectCache(limits: Pick<GitLimits, 'cacheBytes' | 'repoCacheBytes'>): {
  forRepository(key: string): ObjectStore
} {
  // Insertion order is order of use: whatever is used is taken out and put in again.
  const shelves = new Map<string, Shelf>()
  const total = (): number => [...shelves.values()].reduce((sum, shelf) => sum + shelf.bytes, 0)

  const touch = (key: string): Shelf => {
    const shelf = shelves.get(key) ?? { objects: new Map(), complete: [], bytes: 0 }
    shelves.delete(key)
    shelves.set(key, shelf)
    return shelf
  }
  const makeRoom = (): void => {
    let bytes = total()
    for (const [key, shelf] of shelves) {
      if ((bytes <= limits.cacheBytes && shelves.size <= REPOSITORIES_MAX) || shelves.size === 1)
        return
      shelves.delete(key)
      bytes -= shelf.bytes
    }
  }
  const shelfLimit = Math.min(limits.repoCacheBytes, limits.cacheBytes)

  return {
    forRepository: (key) => ({
      get: (id) => takeObject(touch(key), id),
      add(objects, commits = []) {
        addObjects(touch(key), objects, commits)
        trimShelf(touch(key), shelfLimit)
        makeRoom()
      },
      completeCommits: () => shelves.get(key)?.complete ?? [],
      commits: () =>
        [...(shelves.get(key)?.objects ?? [])].flatMap(([id, object]) =>
          object.type === 'commit' ? [id] : [],
        ),
    }),
  }
}

interface Shelf {
  readonly objects: Map<string, GitObject>
  complete: readonly string[]
  bytes: number
}

/** What an entry costs beside its data: keys, headers, the map's slot. */
const OBJECT_OVERHEAD_BYTES = 200

/** A tree is also kept as it was parsed (tree-walk.ts), which takes about four times its bytes. */
const PARSED_TREE_FACTOR = 5

const costOf = ({ type, data }: GitObject): number =>
  OBJECT_OVERHEAD_BYTES + data.length * (type === 'tree' ? PARSED_TREE_FACTOR : 1)

function takeObject(shelf: Shelf, id: string): GitObject | undefined {
  const object = shelf.objects.get(id)
  if (object === undefined) return undefined
  shelf.objects.delete(id)
  shelf.objects.set(id, object)
  return object
}

function addObjects(
  shelf: Shelf,
  objects: ReadonlyMap<string, GitObject>,
  commits: readonly string[],
): void {
  for (const [id, object] of objects) {
    if (!shelf.objects.has(id)) shelf.bytes += costOf(object)
    shelf.objects.set(id, object)
  }
  shelf.complete = [...new Set([...commits, ...shelf.complete])]
}

function trimShelf(shelf: Shelf, bytesMax: number): void {
  for (const [id, object] of shelf.objects) {
    if (shelf.bytes <= bytesMax) return
    shelf.objects.delete(id)
    shelf.bytes -= costOf(object)
    // Which commit it belonged to is not known: from here on none may be called complete.
    if (object.type !== 'blob') shelf.complete = []
  }
}
