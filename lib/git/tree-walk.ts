import { ArgosyError } from '../fault/fault.ts'
import { TREE_DEPTH_MAX, type GitLimits } from './limits.ts'
import {
  ObjectError,
  parseCommit,
  parseTag,
  parseTree,
  type Commit,
  type GitObject,
  type TreeEntry,
} from './objects.ts'

/** Where walks find their objects. */
export interface Objects {
  get(id: string): GitObject | undefined
}

/** A walk needs an object that is not here. */
export class MissingObjectError extends Error {
  override readonly name = 'MissingObjectError'
}

export interface TreeFile {
  /** Relative to the directory that is walked. */
  readonly path: string
  readonly id: string
  readonly kind: 'file' | 'executable' | 'link'
}

/** The commit of this id, also by way of annotated tags. Throws `ObjectError` where there is none. */
export function readCommit(objects: Objects, id: string): Commit {
  let object = need(objects, id)
  for (let hops = 0; object.type === 'tag' && hops < TAG_HOPS_MAX; hops++) {
    object = need(objects, parseTag(object.data))
  }
  if (object.type !== 'commit') throw new ObjectError(`${id} is a ${object.type}, not a commit`)
  return parseCommit(object.data)
}

/** Object id of the directory at `path` of a commit; `undefined` when there is none. */
export function treeIdAt(objects: Objects, commit: string, path: string): string | undefined {
  let tree: string | undefined = readCommit(objects, commit).tree
  for (const part of path.split('/').filter((name) => name !== '' && name !== '.')) {
    const entry: TreeEntry | undefined = readTree(objects, tree).find(({ name }) => name === part)
    tree = entry?.kind === 'directory' ? entry.id : undefined
    if (tree === undefined) return undefined
  }
  return tree
}

/** Directories that differ between two trees, or are in one of them only; '' first. */
export function changedDirectories(
  objects: Objects,
  trees: { readonly from: string; readonly to: string },
  limits: Pick<GitLimits, 'entries'>,
): readonly string[] {
  const changed: string[] = []
  const compare = (path: string, from: string | undefined, to: string | undefined): void => {
    if (from === to) return
    checkWalk(path, changed.push(path), limits)
    const before = subdirectories(objects, from)
    const after = subdirectories(objects, to)
    for (const name of new Set([...before.keys(), ...after.keys()])) {
      compare(path === '' ? name : `${path}/${name}`, before.get(name), after.get(name))
    }
  }
  compare('', trees.from, trees.to)
  return changed.toSorted()
}

/** All files and links under a tree; submodules are left out. Sorted by path. */
export function listFiles(
  objects: Objects,
  tree: string,
  limits: Pick<GitLimits, 'entries'>,
): readonly TreeFile[] {
  const files: TreeFile[] = []
  let entries = 0
  const visit = (directory: string, id: string): void => {
    for (const entry of readTree(objects, id)) {
      const path = directory === '' ? entry.name : `${directory}/${entry.name}`
      checkWalk(path, ++entries, limits)
      if (entry.kind === 'directory') visit(path, entry.id)
      else if (entry.kind !== 'submodule') files.push({ path, id: entry.id, kind: entry.kind })
    }
  }
  visit('', tree)
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

const TAG_HOPS_MAX = 5

function need(objects: Objects, id: string): GitObject {
  const object = objects.get(id)
  if (object === undefined) throw new MissingObjectError(id)
  return object
}

function readTree(objects: Objects, id: string): readonly TreeEntry[] {
  const object = need(objects, id)
  if (object.type !== 'tree') throw new ObjectError(`${id} is a ${object.type}, not a tree`)
  const known = PARSED.get(object)
  if (known !== undefined) return known
  const entries = parseTree(object.data)
  PARSED.set(object, entries)
  return entries
}

/**
 * Trees as they were parsed, for as long as their objects live: each of many Applications in a
 * folder goes through that folder's tree, and parsing 500 entries takes most of a millisecond.
 */
const PARSED = new WeakMap<GitObject, readonly TreeEntry[]>()

const subdirectories = (objects: Objects, id: string | undefined): ReadonlyMap<string, string> =>
  new Map(
    (id === undefined ? [] : readTree(objects, id))
      .filter((entry) => entry.kind === 'directory')
      .map((entry) => [entry.name, entry.id]),
  )

function checkWalk(path: string, entries: number, limits: Pick<GitLimits, 'entries'>): void {
  if (entries > limits.entries)
    throw new ArgosyError({
      code: 'LimitExceeded',
      limit: 'entries',
      message: `the repository is too large: more than ${limits.entries} files and directories`,
    })
  if (path.split('/').length > TREE_DEPTH_MAX)
    throw new ArgosyError({
      code: 'LimitExceeded',
      limit: 'treeDepth',
      message: `the repository is nested too deeply: more than ${TREE_DEPTH_MAX} directories`,
    })
}
