import { type ApplicationSource, type ApplicationSpec, sourcesOf } from '../app/application.ts'
import { type AppProject, permittedDestination, permittedSource } from '../app/project.ts'
import { ArgosyError, describeFault, type Fault, faultOf } from '../fault/fault.ts'
import type { Git, Ref, Repo } from '../git/port.ts'
import { findCluster } from '../reconcile/open-cluster.ts'
import type { Ports } from '../reconcile/ports.ts'
import { render } from '../reconcile/render.ts'
import { resolve } from '../reconcile/resolve.ts'
import { normaliseRepoUrl } from '../source/repo-url.ts'
import { refNamesFor, resolveRevision } from '../source/revision.ts'
import { createExpiringCache, type ExpiringCache } from './expiring-cache.ts'
import { projectOf } from './projects.ts'

export interface SpecToValidate {
  readonly tenant: string
  readonly name: string
  readonly spec: ApplicationSpec
}

/**
 * Asks whether the spec could work now: the project exists, the cluster is registered, the
 * repository answers, the revision resolves, the path exists and its files render (argocd.md 2.5).
 * Throws `InvalidArgument` with everything that was found wrong, in Argo CD's words.
 */
export async function validateSpec(ports: Ports, candidate: SpecToValidate): Promise<void> {
  const project = projectOf(candidate.spec)
  const problems = [
    ...sourceProblems(candidate.spec, project),
    ...(await destinationProblems(ports, candidate, project)),
  ]
  if (problems.length === 0) problems.push(...(await renderProblems(ports, candidate)))
  if (problems.length === 0) return
  const list = problems.map((problem) => `InvalidSpecError: ${problem}`).join(';')
  throw new ArgosyError({
    code: 'InvalidArgument',
    message: `application spec for ${candidate.name} is invalid: ${list}`,
  })
}

function sourceProblems(spec: ApplicationSpec, project: AppProject): readonly string[] {
  const sources = sourcesOf(spec)
  if (sources.length === 0) return [SOURCE_RULE]
  return sources.flatMap(({ repoURL, path, chart, ref }) => {
    if (!isSet(repoURL) || !(isSet(path) || isSet(chart) || isSet(ref))) return [SOURCE_RULE]
    return permittedSource(project, repoURL)
      ? []
      : [`application repo ${repoURL} is not permitted in project '${project.name}'`]
  })
}

const SOURCE_RULE =
  'spec.source.repoURL and either spec.source.path, spec.source.chart, or spec.source.ref are required'

const isSet = (text: string | undefined): boolean => text !== undefined && text !== ''

async function destinationProblems(
  ports: Ports,
  { tenant, name, spec }: SpecToValidate,
  project: AppProject,
): Promise<readonly string[]> {
  const { namespace = '' } = spec.destination
  try {
    const cluster = await findCluster(ports, tenant, spec.destination)
    return permittedDestination(project, { server: cluster.server, name: cluster.name, namespace })
      ? []
      : [
          `application destination server '${cluster.server}' and namespace '${namespace}' do not match any of the allowed destinations in project '${project.name}'`,
        ]
  } catch (error) {
    const fault = faultOf(error)
    if (fault.code === 'InvalidArgument') return [fault.message]
    if (fault.code !== 'ClusterNotRegistered') throw error
    return [`application destination spec for ${name} is invalid: ${describeFault(fault)}`]
  }
}

async function renderProblems(
  ports: Ports,
  { tenant, spec }: SpecToValidate,
): Promise<readonly string[]> {
  const rendersWith = async (known: KnownRefs): Promise<void> => {
    const sources = sourcesOf(spec)
    const revisions = await Promise.all(
      sources.map((source) => commitOf(ports, tenant, source, known)),
    )
    const resolved = await resolve(ports, { tenant, spec }, { fresh: false, revisions })
    await render(ports, tenant, resolved, { useCache: true })
  }
  try {
    // When many Applications of one repository are created, the first look serves the others; only
    // what is missing there may have been pushed since.
    const known = knownRefs(ports)
    let hasBelieved = false
    const believing: KnownRefs = {
      ...known,
      get(key) {
        const refs = known.get(key)
        hasBelieved ||= refs !== undefined
        return refs
      },
    }
    await rendersWith(believing).catch((error: unknown) => {
      if (!hasBelieved) throw error
      return rendersWith({ ...known, get: () => undefined })
    })
    return []
  } catch (error) {
    const text = explain(faultOf(error), sourcesOf(spec))
    if (text === undefined) throw error
    return [text]
  }
}

/** A list of refs is good for every validation that follows within this time. */
export const LOOK_BELIEVED_MS = 2_000
const LOOKS_MAX = 100

type KnownRefs = ExpiringCache<readonly Ref[]>

/** By Git client, because that is whose answers they are. */
const KNOWN_REFS = new WeakMap<Git, KnownRefs>()

function knownRefs({ git, clock }: Ports): KnownRefs {
  const limits = { entries: LOOKS_MAX, milliseconds: LOOK_BELIEVED_MS }
  const known = KNOWN_REFS.get(git) ?? createExpiringCache<readonly Ref[]>(clock, limits)
  KNOWN_REFS.set(git, known)
  return known
}

/**
 * The commit that a source means now. Git is asked directly and nothing is stored: a repository
 * that no Application uses, or that is mistyped, must not be checked for ever after.
 */
async function commitOf(
  ports: Ports,
  tenant: string,
  { repoURL, targetRevision, chart, ref }: ApplicationSource,
  known: KnownRefs,
): Promise<string> {
  // `resolve` says what is not there yet.
  if (isSet(chart) || isSet(ref)) return ''
  const repo = { url: normaliseRepoUrl(repoURL) }
  const names = refNamesFor(targetRevision)
  const refs = names.length === 0 ? [] : await lookAt(ports, { tenant, repo, names }, known)
  const found = resolveRevision(refs, targetRevision)
  if (found === undefined) {
    const revision = isSet(targetRevision) ? (targetRevision ?? '') : 'HEAD'
    throw new ArgosyError({ code: 'RevisionNotFound', repo: repo.url, revision })
  }
  return 'commit' in found ? found.commit : ports.git.expandSha(tenant, repo, found.abbreviated)
}

async function lookAt(
  { git }: Ports,
  look: { readonly tenant: string; readonly repo: Repo; readonly names: readonly string[] },
  known: KnownRefs,
): Promise<readonly Ref[]> {
  const key = JSON.stringify(look)
  const before = known.get(key)
  if (before !== undefined) return before
  const refs = await git.listRefs(look.tenant, look.repo, look.names)
  known.set(key, refs)
  return refs
}

/** `undefined` for what is not the spec's fault. */
function explain(fault: Fault, sources: readonly ApplicationSource[]): string | undefined {
  switch (fault.code) {
    case 'RepositoryUnreachable':
    case 'RepositoryRefused':
    case 'RepositoryForbidden':
    case 'NotARepository':
      return `repository not accessible: ${describeFault(fault)}`
    case 'RevisionNotFound':
    case 'PathNotFound':
    case 'RenderFailed':
    case 'LimitExceeded':
    case 'InvalidArgument':
    case 'Unimplemented': {
      const path = appPathOf(fault, sources)
      return `Unable to generate manifests in ${path}: rpc error: code = Unknown desc = ${describeFault(fault)}`
    }
    default:
      return undefined
  }
}

/** The path of the source that is at fault; a fault may name a file in it. */
function appPathOf(fault: Fault, sources: readonly ApplicationSource[]): string {
  const named = 'path' in fault ? fault.path : ''
  const source = sources.find(({ path = '' }) => path !== '' && named.startsWith(path))
  return (source ?? sources[0])?.path ?? ''
}
