import { compileGlob } from '../std/glob.ts'
import type { JsonObject } from '../std/json.ts'
import type { Destination } from './application.ts'

/** An AppProject as Argo CD's API spells it (1.10); only fields that are read somewhere are typed. */
export interface AppProject {
  readonly name: string
  readonly spec: ProjectSpec
}

interface ProjectSpec extends JsonObject {
  readonly description?: string
  readonly sourceRepos?: readonly string[]
  readonly destinations?: readonly ProjectDestination[]
  readonly clusterResourceWhitelist?: readonly GroupKind[]
  readonly clusterResourceBlacklist?: readonly GroupKind[]
  readonly namespaceResourceWhitelist?: readonly GroupKind[]
  readonly namespaceResourceBlacklist?: readonly GroupKind[]
}

interface ProjectDestination extends JsonObject {
  readonly server?: string
  readonly name?: string
  readonly namespace?: string
}

interface GroupKind extends JsonObject {
  readonly group: string
  readonly kind: string
}

/** The project that every tenant has from the beginning: it permits everything. */
export const DEFAULT_PROJECT: AppProject = {
  name: 'default',
  spec: {
    sourceRepos: ['*'],
    destinations: [{ server: '*', namespace: '*' }],
    clusterResourceWhitelist: [{ group: '*', kind: '*' }],
  },
}

/**
 * Whether Applications of a project may use a repository. `normalise` gives one spelling to
 * equal repository URLs, and must not throw. A `!pattern` that names the repository denies it, whatever else permits.
 */
export function permittedSource(
  project: AppProject,
  repoUrl: string,
  normalise: (url: string) => string = (url) => url,
): boolean {
  const url = normalise(repoUrl)
  const patterns = (project.spec.sourceRepos ?? []).map((pattern) => {
    const { isDenial, glob } = splitPattern(pattern)
    const normal = glob.includes('*') ? glob : normalise(glob)
    return isDenial ? `!${normal}` : normal
  })
  if (patterns.some((pattern) => isDenied(pattern, url, '/'))) return false
  return patterns.some((pattern) => isMatch(pattern, url, '/'))
}

/**
 * Whether Applications of a project may deploy to a destination whose server and name are both
 * resolved. A denial counts when the rest of its entry fits the destination.
 */
export function permittedDestination(project: AppProject, destination: Destination): boolean {
  const answers = (project.spec.destinations ?? []).map((entry) => judge(entry, destination))
  return !answers.includes('deny') && answers.includes('permit')
}

function judge(entry: ProjectDestination, destination: Destination): 'permit' | 'deny' | 'pass' {
  const { server = '', name = '', namespace = '' } = destination
  const { server: servers = '', name: names = '', namespace: namespaces = '' } = entry
  const fitsServer = server !== '' && isMatch(servers, server)
  const fitsName = name !== '' && isMatch(names, name)
  const fitsNamespace = isMatch(namespaces, namespace)

  if ((fitsServer || fitsName) && fitsNamespace) return 'permit'
  const isClusterDenied = isDenied(servers, server) || isDenied(names, name)
  if (isClusterDenied && fitsNamespace) return 'deny'
  const isNamespaceDenied = isDenied(namespaces, namespace)
  return isNamespaceDenied && (fitsServer || fitsName) ? 'deny' : 'pass'
}

interface Pattern {
  readonly isDenial: boolean
  readonly glob: string
}

const splitPattern = (pattern: string): Pattern =>
  pattern.startsWith('!')
    ? { isDenial: true, glob: pattern.slice(1) }
    : { isDenial: false, glob: pattern }

/** A denial matches what it does not name. A pattern that is malformed matches nothing. */
function isMatch(pattern: string, text: string, separator = ''): boolean {
  const { isDenial, glob } = splitPattern(pattern)
  if (glob === '*') return !isDenial
  const matches = compileGlob(glob, separator)
  return matches !== undefined && matches(text) !== isDenial
}

/** A denial that cannot be read denies everything. */
const isDenied = (pattern: string, text: string, separator = ''): boolean =>
  splitPattern(pattern).isDenial && !isMatch(pattern, text, separator)
