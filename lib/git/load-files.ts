import type { Finder, Repository } from './finder.ts'
import type { GitLimits } from './limits.ts'
import type { GitObject } from './objects.ts'
import type { PackObjects } from './pack.ts'
import { filesAhead, type ReadAhead } from './read-ahead.ts'
import type { SavedDirectories } from './saved-directories.ts'
import type { TreeFile } from './tree-walk.ts'

export interface Load {
  readonly tenant: string
  readonly commit: string
  readonly tree: string
  readonly files: readonly TreeFile[]
  readonly repository: Repository & { readonly readAhead: ReadAhead }
  readonly finder: Finder
  readonly saved: SavedDirectories
  readonly limits: GitLimits
}

/** Makes the finder hold the contents of the files: from memory, from `saved`, from the server. */
export async function loadFiles(load: Load): Promise<void> {
  const { tenant, tree, files, repository, finder, saved } = load
  const ids = new Set(files.map(({ id }) => id))
  const missing = (): readonly string[] => [...ids].filter((id) => finder.get(id) === undefined)
  if (missing().length === 0) return

  const kept = await saved.load(tenant, tree)
  if (kept !== undefined) {
    finder.hold(kept)
    repository.store.add(kept)
  }
  const absent = missing()
  if (absent.length === 0) return
  finder.hold(await fetchFiles(load, absent))
  await saved.save(tenant, tree, new Map(foundOf(finder, ids)))
}

/** After a few directories of one commit, all that are left: others will be asked for too. */
async function fetchFiles(
  { commit, repository, finder, limits }: Load,
  absent: readonly string[],
): Promise<PackObjects> {
  const { remote, readAhead } = repository
  if (readAhead.isDue(commit)) {
    const ahead = filesAhead(finder, commit, limits)
    const objects = ahead === undefined ? undefined : await remote.fetchAhead(ahead)
    if (objects !== undefined) return objects
  }
  return await remote.fetchBlobs(commit, absent)
}

function* foundOf(finder: Finder, ids: Iterable<string>): Iterable<[string, GitObject]> {
  for (const id of ids) {
    const object = finder.get(id)
    if (object !== undefined) yield [id, object]
  }
}
