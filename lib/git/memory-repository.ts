import type { Fault } from '../fault/fault.ts'
import { buildTree, putInto, type NewFiles } from './build-tree.ts'
import { encodeCommit, encodeTag, parseCommit, parseTag, type GitObject } from './objects.ts'
import type { Ref } from './port.ts'
import { readCommit } from './tree-walk.ts'

export interface MemoryRepository {
  /** Commits a whole tree to a branch, which is made where there is none; answers the commit's id. */
  commit(commit: NewCommit): string
  /** Commits changes to a branch: files by path, `undefined` for one that is deleted. */
  change(changes: Changes, options?: Omit<NewCommit, 'files'>): string
  /** Names a commit; with a message as an annotated tag. Answers the id that the ref holds. */
  tag(name: string, commit: string, message?: string): string
  /** Moves a ref anywhere (a force push), or deletes it. */
  setRef(name: string, commit: string | undefined): void
  /** Makes HEAD point to a branch, which need not exist. */
  setHead(branch: string): void
  /** From now on every call fails so; `undefined` heals it. */
  fail(fault: Fault | undefined): void

  readonly objects: ReadonlyMap<string, GitObject>
  refs(): readonly Ref[]
  /** Ids of the commits in the history of all refs. */
  reachable(): readonly string[]
  fault(): Fault | undefined
}

export interface NewCommit {
  readonly files: NewFiles
  /** Defaults to `main`. */
  readonly branch?: string
  /** Defaults to the branch's present commit. */
  readonly parents?: readonly string[]
  readonly message?: string
  /** `Name <email>`. */
  readonly author?: string
  /** Epoch milliseconds; defaults to a minute more than the commit before it. */
  readonly date?: number
}

type Changes = Readonly<Record<string, NewFiles[string] | undefined>>

const AUTHOR_DEFAULT = 'Ann Author <ann@example.com>'
/** 2026-01-01T00:00:00Z. */
const DATE_DEFAULT = 1_767_225_600_000

export function createMemoryRepository(): MemoryRepository {
  const objects = new Map<string, GitObject>()
  const put = putInto(objects)
  const refs = new Map<string, string>()
  const filesOf = new Map<string, NewFiles>()
  let head = 'refs/heads/main'
  let fault: Fault | undefined

  const commit = (wanted: NewCommit): string => {
    const branch = `refs/heads/${wanted.branch ?? 'main'}`
    const tip = refs.get(branch)
    const parents = wanted.parents ?? (tip === undefined ? [] : [tip])
    const before = parents[0] === undefined ? undefined : readCommit(objects, parents[0])
    const id = put(
      encodeCommit({
        tree: buildTree(wanted.files, put),
        parents,
        author: wanted.author ?? AUTHOR_DEFAULT,
        date: wanted.date ?? (before === undefined ? DATE_DEFAULT : before.date + 60_000),
        message: wanted.message ?? 'Change',
      }),
    )
    refs.set(branch, id)
    filesOf.set(id, wanted.files)
    return id
  }

  return {
    objects,
    commit,
    change(changes, options = {}) {
      const tip = refs.get(`refs/heads/${options.branch ?? 'main'}`)
      const files = { ...(tip === undefined ? {} : filesOf.get(tip)), ...changes }
      const kept = Object.entries(files).filter(
        (entry): entry is [string, NewFiles[string]] => entry[1] !== undefined,
      )
      return commit({ ...options, files: Object.fromEntries(kept) })
    },
    tag(name, target, message) {
      const ref = `refs/tags/${name}`
      const id = message === undefined ? target : put(encodeTag(name, target, message))
      refs.set(ref, id)
      return id
    },
    setRef: (name, target) =>
      void (target === undefined ? refs.delete(name) : refs.set(name, target)),
    setHead: (branch) => void (head = `refs/heads/${branch}`),
    fail: (wanted) => void (fault = wanted),
    fault: () => fault,
    refs: () => [
      ...headRef(head, refs),
      ...[...refs]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, id]) => peeled(objects, name, id)),
    ],
    reachable: () => history(objects, [...refs.values()]),
  }
}

function headRef(target: string, refs: ReadonlyMap<string, string>): readonly Ref[] {
  const commit = refs.get(target)
  return commit === undefined ? [] : [{ name: 'HEAD', commit, target }]
}

function peeled(objects: ReadonlyMap<string, GitObject>, name: string, id: string): Ref {
  const object = objects.get(id)
  return { name, commit: object?.type === 'tag' ? parseTag(object.data) : id }
}

function history(
  objects: ReadonlyMap<string, GitObject>,
  tips: readonly string[],
): readonly string[] {
  const seen = new Set<string>()
  const waiting = tips.map((id) => peeled(objects, '', id).commit)
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const object = objects.get(id)
    if (seen.has(id) || object?.type !== 'commit') continue
    seen.add(id)
    waiting.push(...parseCommit(object.data).parents)
  }
  return [...seen]
}
