import { faultOf } from '../fault/fault.ts'
import { READ_AHEAD_AFTER, READ_AHEAD_FILES_MAX, type GitLimits } from './limits.ts'
import { ObjectError } from './objects.ts'
import { listFiles, MissingObjectError, readCommit, type Objects } from './tree-walk.ts'

/**
 * Notices that one directory of a commit after the other is fetched, as it is when a repository
 * serves many Applications: 500 of them cost 501 requests one by one, and 5 with this.
 */
export interface ReadAhead {
  /** Counts a directory; true once for a commit. */
  isDue(commit: string): boolean
}

export function createReadAhead(): ReadAhead {
  let current = ''
  let directories = 0
  return {
    isDue(commit) {
      directories = commit === current ? directories + 1 : 1
      current = commit
      return directories === READ_AHEAD_AFTER + 1
    },
  }
}

/** Files of the whole commit that are not here; `undefined` when they are too many. */
export function filesAhead(
  objects: Objects,
  commit: string,
  limits: Pick<GitLimits, 'entries'>,
): readonly string[] | undefined {
  try {
    const files = listFiles(objects, readCommit(objects, commit).tree, limits)
    const ids = new Set(files.map(({ id }) => id).filter((id) => objects.get(id) === undefined))
    return ids.size > READ_AHEAD_FILES_MAX ? undefined : [...ids]
  } catch (error) {
    // Only a guess at what comes next: what stands in its way is for those who ask for it.
    const isInTheWay = error instanceof MissingObjectError || error instanceof ObjectError
    if (isInTheWay || faultOf(error).code === 'LimitExceeded') return undefined
    throw error
  }
}
