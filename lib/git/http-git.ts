import type { Blobs } from '../blobs/port.ts'
import type { Clock } from '../clock/port.ts'
import { normaliseRepoUrl } from '../source/repo-url.ts'
import { digestJson } from '../std/digest.ts'
import { createBatch } from '../std/batch.ts'
import { expandFrom } from './expand-sha.ts'
import { fileContents } from './file-content.ts'
import { createFinder, walkCommits, type Repository } from './finder.ts'
import { GIT_LIMITS, HISTORY_TIPS_MAX, REPOSITORIES_MAX, type GitLimits } from './limits.ts'
import { loadFiles } from './load-files.ts'
import { createObjectCache } from './object-store.ts'
import { pathNotFound } from './path-not-found.ts'
import type { Git, Ref, Repo } from './port.ts'
import { createReadAhead, type ReadAhead } from './read-ahead.ts'
import { createRemote } from './remote.ts'
import { createSavedDirectories } from './saved-directories.ts'
import { revisionNotFound } from './smart-http.ts'
import { changedDirectories, listFiles, readCommit, treeIdAt } from './tree-walk.ts'
import { createTransport, type Timeouts } from './transport.ts'

export interface HttpGitOptions {
  readonly clock: Clock
  /** Where the files of directories are kept beyond this process. */
  readonly blobs?: Blobs
  readonly limits?: Partial<GitLimits>
  /** Called once for each request to a Git server. */
  readonly onRequest?: () => void
  readonly timeouts?: Partial<Timeouts>
  /** Whether repositories may be on this machine and the networks around it; false by default. */
  readonly allowPrivateHosts?: boolean
}

/**
 * Git over HTTP: one `ls-refs` per `listRefs`, a commit's trees by one request, the files of a
 * directory by another, and nothing for what is known. What is asked while a request is under
 * way is put together into the next.
 */
export function createHttpGit(options: HttpGitOptions): Git {
  const limits: GitLimits = { ...GIT_LIMITS, ...options.limits }
  const open = createRepositories(options, limits)
  const saved = createSavedDirectories(options.blobs, limits)

  return {
    async listRefs(tenant, repo, prefixes = ['refs/heads/', 'refs/tags/']) {
      const names = ['HEAD', ...prefixes.filter((prefix) => REF_NAME.test(prefix))]
      const refs = await open(tenant, repo).listRefs(names)
      // A server is free to answer more than it was asked for.
      return refs.filter(({ name }) => names.some((prefix) => name.startsWith(prefix)))
    },
    async expandSha(tenant, repo, abbreviated) {
      const repository = open(tenant, repo)
      const commit =
        repository.expansions.get(abbreviated) ?? (await expandSha(repository, abbreviated))
      if (repository.expansions.size >= EXPANSIONS_MAX) repository.expansions.clear()
      repository.expansions.set(abbreviated, commit)
      return commit
    },
    async treeAt(tenant, repo, commit, path) {
      const repository = open(tenant, repo)
      const finder = createFinder(repository.store)
      return await walkCommits(repository, finder, [commit], (objects) =>
        treeIdAt(objects, commit, path),
      )
    },
    async changedDirectories(tenant, repo, from, to) {
      const repository = open(tenant, repo)
      const finder = createFinder(repository.store)
      return await walkCommits(repository, finder, [from, to], (objects) => {
        const trees = { from: readCommit(objects, from).tree, to: readCommit(objects, to).tree }
        return changedDirectories(objects, trees, limits)
      })
    },
    async readDirectory(tenant, repo, commit, path) {
      const repository = open(tenant, repo)
      const finder = createFinder(repository.store)
      const { tree, files } = await walkCommits(repository, finder, [commit], (objects) => {
        const id = treeIdAt(objects, commit, path)
        if (id === undefined) throw pathNotFound(path, commit)
        return { tree: id, files: listFiles(objects, id, limits) }
      })
      await loadFiles({ tenant, commit, tree, files, repository, finder, saved, limits })
      return fileContents(files, finder, limits)
    },
    async commitInfo(tenant, repo, commit) {
      const repository = open(tenant, repo)
      const finder = createFinder(repository.store)
      const { author, date, message } = await walkCommits(repository, finder, [commit], (objects) =>
        readCommit(objects, commit),
      )
      return { author, date, message }
    },
  }
}

/** No ref has spaces or control characters in its name (git-check-ref-format). */
// oxlint-disable-next-line no-control-regex
const REF_NAME = /^[^\s\0-\x1f\x7f]+$/

const EXPANSIONS_MAX = 1_000

interface OpenRepository extends Repository {
  /** For all who ask while an answer is under way, one request that begins after it. */
  readonly listRefs: (prefixes: readonly string[]) => Promise<readonly Ref[]>
  /** Abbreviated ids that were looked up. */
  readonly expansions: Map<string, string>
  readonly readAhead: ReadAhead
}

/**
 * Repositories by tenant, URL and credentials: what one pair of credentials may read is not
 * shown to another.
 */
function createRepositories(
  options: HttpGitOptions,
  limits: GitLimits,
): (tenant: string, repo: Repo) => OpenRepository {
  const { onRequest, timeouts, clock, allowPrivateHosts } = options
  const transport = createTransport({ limits, onRequest, timeouts, allowPrivateHosts })
  const cache = createObjectCache(limits)
  const repositories = new Map<string, OpenRepository>()

  return (tenant, repo) => {
    const key = digestJson([tenant, repo.url, repo.username ?? null, repo.password ?? null])
    const known = repositories.get(key)
    if (known !== undefined) return known
    normaliseRepoUrl(repo.url)
    const [oldest] = repositories.keys()
    if (oldest !== undefined && repositories.size >= REPOSITORIES_MAX) repositories.delete(oldest)
    const store = cache.forRepository(key)
    const remote = createRemote({ repo, transport, store, limits, clock })
    const opened = {
      repo,
      store,
      remote,
      listRefs: createBatch((prefixes: readonly string[]) =>
        remote.listRefs([...new Set(prefixes)]),
      ),
      expansions: new Map<string, string>(),
      readAhead: createReadAhead(),
    }
    repositories.set(key, opened)
    return opened
  }
}

async function expandSha(
  { repo, remote, store }: Repository,
  abbreviated: string,
): Promise<string> {
  const known = expandFrom(store.commits(), abbreviated)
  if (known !== undefined) return known
  const refs = await remote.listRefs(['HEAD', 'refs/heads/', 'refs/tags/'])
  const tips = [...new Set(refs.map((ref: Ref) => ref.commit))]
  const tip = expandFrom(tips, abbreviated)
  if (tip !== undefined) return tip
  const history =
    tips.length === 0 ? [] : (await remote.fetchHistory(tips.slice(0, HISTORY_TIPS_MAX))).keys()
  const commit = expandFrom(history, abbreviated)
  if (commit === undefined) throw revisionNotFound(repo, abbreviated)
  return commit
}
