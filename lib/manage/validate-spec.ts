import { type ApplicationSource, type ApplicationSpec, sourcesOf } from '../app/application.ts'
import { type AppProject, permittedDestination, permittedSource } from '../app/project.ts'
import { ArgosyError, describeFault, type Fault, faultOf } from '../fault/fault.ts'
import { findCluster } from '../reconcile/open-cluster.ts'
import type { Ports } from '../reconcile/ports.ts'
import { render } from '../reconcile/render.ts'
import { resolve } from '../reconcile/resolve.ts'
import { normaliseRepoUrl } from '../source/repo-url.ts'
import type { State } from '../state/port.ts'
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
  const rendersAt = async (fresh: boolean): Promise<void> => {
    const resolved = await resolve(ports, { tenant, spec }, { fresh })
    await render(ports, tenant, resolved, { useCache: true })
  }
  try {
    // When many Applications of one repository are created, the first look serves the others; only
    // what is missing there may have been pushed since.
    const looks = recentLooks(ports)
    const names = sourcesOf(spec).map(({ repoURL }) => `${tenant} ${normaliseRepoUrl(repoURL)}`)
    const isRecent = names.every((name) => looks.get(name) === true)
    const lookAnew = async (): Promise<void> => {
      await rendersAt(true)
      for (const name of names) looks.set(name, true)
    }
    await (isRecent ? rendersAt(false).catch(lookAnew) : lookAnew())
    return []
  } catch (error) {
    const text = explain(faultOf(error), sourcesOf(spec))
    if (text === undefined) throw error
    return [text]
  }
}

/** A look at a repository is good for every validation of this process within this time. */
export const LOOK_BELIEVED_MS = 2_000
const REPOSITORIES_MAX = 1_000

const looksOf = new WeakMap<State, ExpiringCache<true>>()

/** The repositories that were looked at a moment ago; remembered beside the state they are kept in. */
function recentLooks({ state, clock }: Pick<Ports, 'state' | 'clock'>): ExpiringCache<true> {
  const known = looksOf.get(state)
  if (known !== undefined) return known
  const limits = { entries: REPOSITORIES_MAX, milliseconds: LOOK_BELIEVED_MS }
  const looks = createExpiringCache<true>(clock, limits)
  looksOf.set(state, looks)
  return looks
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
