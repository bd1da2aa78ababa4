import type { Blobs } from '../blobs/port.ts'
import type { Clock } from '../clock/port.ts'
import { parseHttpUrl } from '../source/repo-url.ts'
import { digestJson } from '../std/digest.ts'
import { expandFrom } from './expand-sha.ts'
import { fileContents } from './file-content.ts'
import { createFinder, walkCommits, type Finder, type Repository } from './finder.ts'
import { GIT_LIMITS, HISTORY_TIPS_MAX, REPOSITORIES_MAX, type GitLimits } from './limits.ts'
import { createObjectCache } from './object-store.ts'
import type { GitObject } from './objects.ts'
import { pathNotFound } from './path-not-found.ts'
import type { Git, Ref, Repo } from './port.ts'
import { createRemote } from './remote.ts'
import { createSavedDirectories, type SavedDirectories } from './saved-directories.ts'
import { revisionNotFound } from './smart-http.ts'
import { changedDirectories, listFiles, readCommit, treeIdAt, type TreeFile } from './tree-walk.ts'
import { createTransport, type Timeouts } from './transport.ts'

export interface HttpGitOptions {
  readonly clock: Clock
  /** Where the files of directories are kept beyond this process. */
  readonly blobs?: Blobs
  readonly limits?: Partial<GitLimits>
  /** Called once for each request to a Git server. */
  readonly onRequest?: () => void
  readonly timeouts?: Partial<Timeouts>
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
      const refs = await open(tenant, repo).remote.listRefs(names)
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
      await loadFiles({ tenant, commit, tree, files, repository, finder, saved })
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
  /** Abbreviated ids that were looked up. */
  readonly expansions: Map<string, string>
}

/**
 * Repositories by tenant, URL and credentials: what one pair of credentials may read is not
 * shown to another.
 */
function createRepositories(
  options: HttpGitOptions,
  limits: GitLimits,
): (tenant: string, repo: Repo) => OpenRepository {
  const { onRequest, timeouts, clock } = options
  const transport = createTransport({ limits, onRequest, timeouts })
  const cache = createObjectCache(limits)
  const repositories = new Map<string, OpenRepository>()

  return (tenant, repo) => {
    const key = digestJson([tenant, repo.url, repo.username ?? null, repo.password ?? null])
    const known = repositories.get(key)
    if (known !== undefined) return known
    parseHttpUrl(repo.url)
    const [oldest] = repositories.keys()
    if (oldest !== undefined && repositories.size >= REPOSITORIES_MAX) repositories.delete(oldest)
    const store = cache.forRepository(key)
    const remote = createRemote({ repo, transport, store, limits, clock })
    const opened = { repo, store, remote, expansions: new Map<string, string>() }
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

interface Load {
  readonly tenant: string
  readonly commit: string
  readonly tree: string
  readonly files: readonly TreeFile[]
  readonly repository: Repository
  readonly finder: Finder
  readonly saved: SavedDirectories
}

/** Makes the finder hold the contents of the files: from memory, from `saved`, from the server. */
async function loadFiles(load: Load): Promise<void> {
  const { tenant, commit, tree, files, repository, finder, saved } = load
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
  finder.hold(await repository.remote.fetchBlobs(commit, absent))
  await saved.save(tenant, tree, new Map(foundOf(finder, ids)))
}

function* foundOf(finder: Finder, ids: Iterable<string>): Iterable<[string, GitObject]> {
  for (const id of ids) {
    const object = finder.get(id)
    if (object !== undefined) yield [id, object]
  }
}
