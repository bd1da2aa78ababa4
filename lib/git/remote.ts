import type { Clock } from '../clock/port.ts'
import { faultOf } from '../fault/fault.ts'
import { createBatch } from '../std/batch.ts'
import { fetchCommitV1, listRefsV1 } from './fallback-git.ts'
import {
  ENDPOINT_TTL_MS,
  HAVES_MAX,
  HISTORY_DEPTH_MAX,
  READ_AHEAD_BYTES_MAX,
  type GitLimits,
} from './limits.ts'
import { ObjectError } from './objects.ts'
import type { ObjectStore } from './object-store.ts'
import {
  MissingBaseError,
  PackError,
  parsePack,
  type PackLimits,
  type PackObjects,
} from './pack.ts'
import type { Ref, Repo } from './port.ts'
import { advertisement, fetchPack, lsRefs, ProtocolError, type FetchRequest } from './smart-http.ts'
import { unreachable, type Transport } from './transport.ts'

/** One repository on a server: what it needs to be asked, in the best way that it understands. */
export interface Remote {
  listRefs(prefixes: readonly string[]): Promise<readonly Ref[]>
  /** A commit with those of its trees that are not here; with its files too where need be. */
  fetchCommit(commit: string): Promise<PackObjects>
  /** The same, all trees included, whatever is here already. */
  fetchCommitWhole(commit: string): Promise<PackObjects>
  fetchBlobs(commit: string, ids: readonly string[]): Promise<PackObjects>
  /** Files that nobody has asked for yet; `undefined` where they are more than is worth it. */
  fetchAhead(ids: readonly string[]): Promise<PackObjects | undefined>
  /** Only commits, the latest of the history of each tip; none where the server cannot do that. */
  fetchHistory(tips: readonly string[]): Promise<PackObjects>
}

export interface RemoteOptions {
  readonly repo: Repo
  readonly transport: Transport
  readonly store: ObjectStore
  readonly limits: GitLimits
  readonly clock: Clock
}

export function createRemote(options: RemoteOptions): Remote {
  const server = createServer(options)
  const { store, transport, limits } = options

  const fetch = async ({ commits, ...request }: Demand): Promise<PackObjects> => {
    const packs = await server.ask((way) =>
      way.protocol === 'v1'
        ? Promise.all(commits.map((commit) => fetchCommitV1(transport, way, commit)))
        : fetchPack(transport, way, way.hasFilter ? request : withoutFilter(request)).then(
            (pack) => [pack],
          ),
    )
    const packLimits = { ...limits, inflatedBytes: request.bytesMax ?? limits.inflatedBytes }
    return merged(packs.map((pack) => readPack(options, pack, packLimits)))
  }
  const fetchTrees = async (
    commits: readonly string[],
    haves: readonly string[],
  ): Promise<PackObjects> => {
    const wants = commits
    const objects = await fetch({ commits, wants, haves, depth: 1, filter: 'blob:none' })
    store.add(objects, commits)
    return objects
  }
  const commitBatch = createBatch(async (commits: readonly string[]) => {
    try {
      return await fetchTrees([...new Set(commits)], store.completeCommits().slice(0, HAVES_MAX))
    } catch (error) {
      if (!(error instanceof MissingBaseError)) throw error
      return await fetchTrees([...new Set(commits)], [])
    }
  })
  const blobBatch = createBatch(async (blobs: readonly Blob[]) => {
    const objects = await fetch({
      commits: [...new Set(blobs.map(({ commit }) => commit))],
      wants: [...new Set(blobs.map(({ id }) => id))],
    })
    store.add(objects)
    return objects
  })

  return {
    listRefs: (prefixes) =>
      server.ask((way) =>
        way.protocol === 'v1'
          ? listRefsV1(transport, way, prefixes, limits)
          : lsRefs(transport, way, prefixes, limits),
      ),
    fetchCommit: (commit) => commitBatch([commit]),
    fetchCommitWhole: (commit) => fetchTrees([commit], []),
    fetchBlobs: (commit, ids) => blobBatch(ids.map((id) => ({ commit, id }))),
    async fetchAhead(ids) {
      if (server.lacksFilter()) return undefined
      try {
        const objects = await fetch({ commits: [], wants: ids, bytesMax: READ_AHEAD_BYTES_MAX })
        store.add(objects)
        return objects
      } catch (error) {
        if (faultOf(error).code === 'LimitExceeded') return undefined
        throw error
      }
    },
    fetchHistory: (tips) =>
      server.lacksFilter()
        ? Promise.resolve(new Map())
        : fetch({ commits: [], wants: tips, depth: HISTORY_DEPTH_MAX, filter: 'tree:0' }),
  }
}

interface Demand extends FetchRequest {
  /** What to take whole from a server that gives nothing smaller. */
  readonly commits: readonly string[]
}

interface Blob {
  readonly commit: string
  readonly id: string
}

const withoutFilter = (request: FetchRequest): FetchRequest => ({ ...request, filter: undefined })

interface Way {
  readonly repo: Repo
  readonly base: string
  readonly protocol: 'v1' | 'v2'
  readonly hasFilter: boolean
}

interface Server {
  /** Asks in the way that is known or hoped for; where that fails, in the way the server names. */
  ask<T>(call: (way: Way) => Promise<T>): Promise<T>
  speaksV1(): boolean
  lacksFilter(): boolean
}

/**
 * Hopes for v2 with `filter` at the given URL, because asking first would cost a request each
 * time; what a server lacks is learned from its capabilities once something failed, and believed
 * for `ENDPOINT_TTL_MS`.
 */
function createServer({ repo, transport, clock }: RemoteOptions): Server {
  const hoped: Way = {
    repo,
    base: repo.url.trim().replace(/\/+$/, ''),
    protocol: 'v2',
    hasFilter: true,
  }
  let known: { readonly way: Way; readonly until: number } | undefined

  const way = (): Way => (known !== undefined && clock.now() < known.until ? known.way : hoped)
  const learn = async (): Promise<Way> => {
    const { base, isV2, hasFilter } = await advertisement(transport, hoped)
    const learned: Way = { repo, base, protocol: isV2 ? 'v2' : 'v1', hasFilter }
    known = { way: learned, until: clock.now() + ENDPOINT_TTL_MS }
    return learned
  }

  return {
    async ask(call) {
      const first = way()
      try {
        return await call(first)
      } catch (error) {
        if (!mayBeTheWay(error)) throw error
        const second = await learn()
        if (isSameWay(first, second)) throw asFault(repo, error)
        return await call(second).catch((again: unknown) => {
          throw asFault(repo, again)
        })
      }
    },
    speaksV1: () => way().protocol === 'v1',
    lacksFilter: () => !way().hasFilter,
  }
}

const mayBeTheWay = (error: unknown): boolean =>
  error instanceof ProtocolError || faultOf(error).code === 'NotARepository'

const isSameWay = (a: Way, b: Way): boolean =>
  a.base === b.base && a.protocol === b.protocol && a.hasFilter === b.hasFilter

/** The server is a Git server and does speak this way: it gave up on the way. */
const asFault = (repo: Repo, error: unknown): unknown =>
  error instanceof ProtocolError
    ? unreachable(repo, `the server broke off with ${error.message}`, error)
    : error

function readPack(
  { repo, store }: RemoteOptions,
  pack: Uint8Array,
  limits: PackLimits,
): PackObjects {
  try {
    return parsePack(pack, limits, (id) => store.get(id))
  } catch (cause) {
    if (cause instanceof PackError || cause instanceof ObjectError)
      throw unreachable(repo, `the server sent a damaged pack: ${cause.message}`, cause)
    throw cause
  }
}

const merged = (packs: readonly PackObjects[]): PackObjects =>
  packs.length === 1 && packs[0] !== undefined
    ? packs[0]
    : new Map(packs.flatMap((pack) => [...pack]))
