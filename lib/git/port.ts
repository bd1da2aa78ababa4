import type { FileTree } from '../source/file-tree.ts'

/**
 * The Git port. Laws, each in `test/contracts/git.contract.ts`:
 * - `listRefs` is one request and moves no objects.
 * - Every object is checked against the id it was asked by; sizes are capped.
 * - Objects once fetched are not fetched again; `readDirectory` of an unchanged tree is free.
 * - Faults: `RepositoryUnreachable`, `RepositoryRefused` (401, 403), `RepositoryForbidden`,
 *   `NotARepository`, `RevisionNotFound`, `PathNotFound`, `LimitExceeded`.
 */
export interface Git {
  /** HEAD and the refs under the prefixes (none: all branches and tags); peeled tags give commits. */
  listRefs(tenant: string, repo: Repo, prefixes?: readonly string[]): Promise<readonly Ref[]>
  /** Full commit id for an abbreviated one that some ref or its fetched history makes known. */
  expandSha(tenant: string, repo: Repo, abbreviated: string): Promise<string>
  /** Object id of the tree at `path` ('' is the root) of a commit; `undefined` when there is none. */
  treeAt(tenant: string, repo: Repo, commit: string, path: string): Promise<string | undefined>
  /** Directories whose tree differs between two commits, the root ('') first; `[]` when equal. */
  changedDirectories(
    tenant: string,
    repo: Repo,
    from: string,
    to: string,
  ): Promise<readonly string[]>
  /** All files under `path`, with contents. Throws `PathNotFound`. */
  readDirectory(tenant: string, repo: Repo, commit: string, path: string): Promise<FileTree>
  commitInfo(tenant: string, repo: Repo, commit: string): Promise<CommitInfo>
}

export interface Repo {
  readonly url: string
  readonly username?: string
  readonly password?: string
}

export interface Ref {
  /** `HEAD`, `refs/heads/main`, `refs/tags/v1`. */
  readonly name: string
  /** The commit, also for an annotated tag. */
  readonly commit: string
  /** For HEAD: the branch it points to. */
  readonly target?: string
}

export interface CommitInfo {
  readonly author: string
  /** Epoch milliseconds of the committer's time. */
  readonly date: number
  readonly message: string
}
