import { ArgosyError, type Fault } from '../fault/fault.ts'
import { hideCredentials, normaliseRepoUrl } from '../source/repo-url.ts'
import { expandFrom } from './expand-sha.ts'
import { fileContents } from './file-content.ts'
import { GIT_LIMITS, type GitLimits } from './limits.ts'
import { createMemoryRepository, type MemoryRepository } from './memory-repository.ts'
import { pathNotFound } from './path-not-found.ts'
import type { Git, Repo } from './port.ts'
import { revisionNotFound } from './smart-http.ts'
import { changedDirectories, listFiles, readCommit, treeIdAt, type Objects } from './tree-walk.ts'

export interface MemoryGit extends Git {
  /** The repository at this URL, made empty when it is first asked for. */
  repository(url: string): MemoryRepository
  /** Requests that a server would have seen. */
  requests(): number
}

/**
 * Git repositories in memory, for tests and the simulation. They hold real Git objects, so ids
 * are those that git itself would give, and equal from run to run.
 */
export function createMemoryGit(options: { readonly limits?: Partial<GitLimits> } = {}): MemoryGit {
  const limits: GitLimits = { ...GIT_LIMITS, ...options.limits }
  const repositories = new Map<string, MemoryRepository>()
  const counter = createCounter()

  const open = (repo: Repo): MemoryRepository => {
    const found = repositories.get(normaliseRepoUrl(repo.url))
    const fault = found === undefined ? absent(repo) : found.fault()
    if (fault !== undefined) throw new ArgosyError(fault)
    return found as MemoryRepository
  }
  const walk = <T>(repo: Repo, commits: readonly string[], call: (objects: Objects) => T) => {
    const { objects } = open(repo)
    const unknown = commits.find((id) => !/^(commit|tag)$/.test(objects.get(id)?.type ?? ''))
    if (unknown !== undefined) throw revisionNotFound(repo, unknown)
    return call(objects)
  }

  return {
    repository(url) {
      const key = normaliseRepoUrl(url)
      const repository = repositories.get(key) ?? createMemoryRepository()
      repositories.set(key, repository)
      return repository
    },
    requests: () => counter.total(),

    async listRefs(_tenant, repo, prefixes = ['refs/heads/', 'refs/tags/']) {
      counter.add()
      const names = ['HEAD', ...prefixes]
      return open(repo)
        .refs()
        .filter(({ name }) => names.some((prefix) => name.startsWith(prefix)))
    },
    async expandSha(_tenant, repo, abbreviated) {
      const commit = expandFrom(open(repo).reachable(), abbreviated)
      if (commit === undefined) throw revisionNotFound(repo, abbreviated)
      return commit
    },
    async treeAt(tenant, repo, commit, path) {
      counter.once(tenant, repo, commit)
      return walk(repo, [commit], (objects) => treeIdAt(objects, commit, path))
    },
    async changedDirectories(tenant, repo, from, to) {
      counter.once(tenant, repo, to)
      return walk(repo, [from, to], (objects) => {
        const trees = { from: readCommit(objects, from).tree, to: readCommit(objects, to).tree }
        return changedDirectories(objects, trees, limits)
      })
    },
    async readDirectory(tenant, repo, commit, path) {
      counter.once(tenant, repo, commit)
      return walk(repo, [commit], (objects) => {
        const tree = treeIdAt(objects, commit, path)
        if (tree === undefined) throw pathNotFound(path, commit)
        counter.once(tenant, repo, tree)
        return fileContents(listFiles(objects, tree, limits), objects, limits)
      })
    },
    async commitInfo(tenant, repo, commit) {
      counter.once(tenant, repo, commit)
      return walk(repo, [commit], (objects) => {
        const { author, date, message } = readCommit(objects, commit)
        return { author, date, message }
      })
    },
  }
}

const absent = (repo: Repo): Fault => ({
  code: 'NotARepository',
  repo: hideCredentials(repo.url),
  detail: 'there is nothing at this URL',
})

/** Counts as a server would see it: what a tenant has fetched once is not fetched again. */
function createCounter(): {
  add(): void
  once(tenant: string, repo: Repo, id: string): void
  total(): number
} {
  const seen = new Set<string>()
  let requests = 0
  return {
    add: () => void requests++,
    once(tenant, repo, id) {
      const key = JSON.stringify([tenant, repo.url, id])
      if (!seen.has(key)) requests++
      seen.add(key)
    },
    total: () => requests,
  }
}
