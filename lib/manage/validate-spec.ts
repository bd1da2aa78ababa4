import { type ApplicationSource, type ApplicationSpec, sourcesOf } from '../app/application.ts'
import { type AppProject, permittedDestination, permittedSource } from '../app/project.ts'
import { ArgosyError, describeFault, type Fault, faultOf } from '../fault/fault.ts'
import { findCluster } from '../reconcile/open-cluster.ts'
import type { Ports } from '../reconcile/ports.ts'
import { render } from '../reconcile/render.ts'
import { resolve } from '../reconcile/resolve.ts'
import { normaliseRepoUrl } from '../source/repo-url.ts'
import { getRepository } from '../state/repositories.ts'
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
    const isFresh = await wereJustChecked(ports, tenant, spec)
    await rendersAt(!isFresh).catch((error: unknown) => {
      if (!isFresh) throw error
      return rendersAt(true)
    })
    return []
  } catch (error) {
    const text = explain(faultOf(error), sourcesOf(spec))
    if (text === undefined) throw error
    return [text]
  }
}

/** A look at a repository is good for every validation that follows within this time. */
export const CHECK_BELIEVED_MS = 2_000

/** Whether the refs of every repository of the spec were read a moment ago. */
async function wereJustChecked(
  ports: Ports,
  tenant: string,
  spec: ApplicationSpec,
): Promise<boolean> {
  const urls = new Set(sourcesOf(spec).map(({ repoURL }) => normaliseRepoUrl(repoURL)))
  for (const url of urls) {
    const known = await getRepository(ports.state, tenant, url)
    // A check begins by making the next one due.
    const checkedAt = (known?.due ?? 0) - ports.intervals.repositoryMs
    if (checkedAt < ports.clock.now() - CHECK_BELIEVED_MS) return false
  }
  return true
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
