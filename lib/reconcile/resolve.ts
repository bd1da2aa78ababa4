import { type ApplicationSource, sourcesOf } from '../app/application.ts'
import type { Snapshot } from '../app/status.ts'
import { ArgosyError } from '../fault/fault.ts'
import type { Repo } from '../git/port.ts'
import { cleanPath } from '../source/path.ts'
import { normaliseRepoUrl } from '../source/repo-url.ts'
import { refNamesFor, resolveRevision } from '../source/revision.ts'
import type { ApplicationRecord, RepositoryRecord } from '../state/records.ts'
import { getRepository } from '../state/repositories.ts'
import { observeRefs } from './observe-refs.ts'
import type { Ports } from './ports.ts'

/** Where one source of an Application comes from, down to the tree that is to be rendered. */
export interface ResolvedSource {
  readonly source: ApplicationSource
  readonly repo: Repo
  readonly commit: string
  readonly path: string
  /** Object id of the tree at `path`: equal trees render equally. */
  readonly tree: string
}

export interface Resolved {
  readonly snapshot: Snapshot
  readonly sources: readonly ResolvedSource[]
}

export interface ResolveRequest {
  /** Asks the repository anew instead of believing the last check. */
  readonly fresh: boolean
  /** One revision a source, in place of the spec's; from an operation. */
  readonly revisions?: readonly string[]
  readonly sources?: readonly ApplicationSource[]
}

/**
 * Stage 1. Resolves every source to a commit, all in one step (law 5). With refs that a check has
 * stored it costs one read a repository and no request to Git.
 * Throws `RevisionNotFound`, `PathNotFound`, `InvalidArgument`, `Unimplemented` and what Git throws.
 */
export async function resolve(
  ports: Ports,
  record: Pick<ApplicationRecord, 'tenant' | 'spec'>,
  request: ResolveRequest,
): Promise<Resolved> {
  const sources = request.sources ?? sourcesOf(record.spec)
  const resolved: ResolvedSource[] = []
  for (const [index, source] of sources.entries()) {
    refuseOtherKinds(source)
    const revision = request.revisions?.[index] ?? source.targetRevision
    resolved.push(
      await resolveSource(ports, record.tenant, { source, revision, fresh: request.fresh }),
    )
  }
  return { snapshot: { revisions: resolved.map(({ commit }) => commit) }, sources: resolved }
}

/** Resolves a revision as people write it (branch, tag, commit, `HEAD`) to a full commit id. */
export async function resolveCommit(
  ports: Ports,
  tenant: string,
  repo: Repo,
  request: { readonly revision: string | undefined; readonly fresh: boolean },
): Promise<string> {
  const names = refNamesFor(request.revision)
  const refs = await knownRefs(ports, tenant, repo, { names, fresh: request.fresh })
  const listed = Object.entries(refs)
    .filter(([, commit]) => commit !== '')
    .map(([name, commit]) => ({ name, commit }))

  const found = resolveRevision(listed, request.revision)
  if (found === undefined) {
    const revision =
      request.revision === undefined || request.revision === '' ? 'HEAD' : request.revision
    throw new ArgosyError({ code: 'RevisionNotFound', repo: repo.url, revision })
  }
  return 'commit' in found ? found.commit : ports.git.expandSha(tenant, repo, found.abbreviated)
}

async function resolveSource(
  ports: Ports,
  tenant: string,
  request: { source: ApplicationSource; revision: string | undefined; fresh: boolean },
): Promise<ResolvedSource> {
  const { source } = request
  const repo = { url: normaliseRepoUrl(source.repoURL) }
  const path = cleanPath(source.path)
  const commit = await resolveCommit(ports, tenant, repo, request)
  const tree = await ports.git.treeAt(tenant, repo, commit, path)
  if (tree === undefined) throw new ArgosyError({ code: 'PathNotFound', path, revision: commit })
  return { source, repo, commit, path, tree }
}

async function knownRefs(
  ports: Ports,
  tenant: string,
  repo: Repo,
  request: { readonly names: readonly string[]; readonly fresh: boolean },
): Promise<RepositoryRecord['refs']> {
  // A full commit id needs no ref, and asking for none would pass for a check.
  if (request.names.length === 0) return {}
  if (!request.fresh) {
    const known = await getRepository(ports.state, tenant, repo.url)
    const isKnown =
      known !== undefined &&
      known.error === undefined &&
      request.names.every((name) => known.refs[name] !== undefined)
    if (isKnown) return known.refs
  }
  return (await observeRefs(ports, tenant, repo.url, request.names))?.refs ?? {}
}

function refuseOtherKinds(source: ApplicationSource): void {
  if (source.chart !== undefined && source.chart !== '') {
    throw new ArgosyError({ code: 'Unimplemented', feature: 'a Helm repository as source' })
  }
  if (source.ref !== undefined && source.ref !== '') {
    throw new ArgosyError({ code: 'Unimplemented', feature: 'a source with ref' })
  }
}
