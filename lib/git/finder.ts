import { ArgosyError } from '../fault/fault.ts'
import { hideCredentials } from '../source/repo-url.ts'
import { ObjectError, type GitObject } from './objects.ts'
import type { ObjectStore } from './object-store.ts'
import type { PackObjects } from './pack.ts'
import type { Repo } from './port.ts'
import type { Remote } from './remote.ts'
import { revisionNotFound } from './smart-http.ts'
import { MissingObjectError, type Objects } from './tree-walk.ts'
import { unreachable } from './transport.ts'

/** The objects of one call: what the store has, and what was fetched for it, however small the store. */
export interface Finder extends Objects {
  hold(objects: PackObjects): void
}

export interface Repository {
  readonly repo: Repo
  readonly store: ObjectStore
  readonly remote: Remote
}

export function createFinder(store: ObjectStore): Finder {
  // Whole packs, not their objects: hundreds of calls may share one pack of thousands.
  const packs: PackObjects[] = []
  const held = new Map<string, GitObject>()
  const inPacks = (id: string): GitObject | undefined => {
    for (const pack of packs) {
      const object = pack.get(id)
      if (object !== undefined) return object
    }
    return undefined
  }
  return {
    get(id) {
      const object = held.get(id) ?? inPacks(id) ?? store.get(id)
      // Held from now on: the store may need its room for what this very call fetches.
      if (object !== undefined) held.set(id, object)
      return object
    },
    hold: (objects) => void packs.push(objects),
  }
}

/**
 * Runs a walk over commits and their trees, fetching only when it finds something missing: first
 * what is new against the commits that are here, then everything. Throws `RevisionNotFound`,
 * `FailedPrecondition` for a damaged tree, and what the walk throws.
 */
export async function walkCommits<T>(
  { repo, remote, store }: Repository,
  finder: Finder,
  commits: readonly string[],
  walk: (objects: Objects) => T,
): Promise<T> {
  const unknown = commits.find((id) => !/^[0-9a-f]{40}$/.test(id))
  if (unknown !== undefined) throw revisionNotFound(repo, unknown)
  const missing = (): readonly string[] =>
    commits.filter((id) => !store.completeCommits().includes(id))
  const steps = [
    () => [],
    () => missing().map((id) => remote.fetchCommit(id)),
    () => commits.map((id) => remote.fetchCommitWhole(id)),
  ]
  for (const step of steps) {
    for (const pack of await Promise.all(step())) finder.hold(pack)
    const result = attempt({ repo, finder, commits }, walk)
    if (result !== undefined) return result.value
  }
  throw unreachable(repo, 'the server left out objects that belong to the commit')
}

interface Walk {
  readonly repo: Repo
  readonly finder: Finder
  readonly commits: readonly string[]
}

/** `undefined`: something is missing. */
function attempt<T>(
  { repo, finder, commits }: Walk,
  walk: (objects: Objects) => T,
): { readonly value: T } | undefined {
  try {
    return { value: walk(finder) }
  } catch (error) {
    if (error instanceof MissingObjectError) return undefined
    if (!(error instanceof ObjectError)) throw error
    const other = commits.find((id) => !/^(commit|tag)$/.test(finder.get(id)?.type ?? ''))
    if (other !== undefined) throw revisionNotFound(repo, other, error)
    throw new ArgosyError(
      {
        code: 'FailedPrecondition',
        message: `repository ${hideCredentials(repo.url)} is damaged: ${error.message}`,
      },
      { cause: error },
    )
  }
}
