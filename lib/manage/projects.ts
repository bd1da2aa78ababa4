import { authorize, isAllowed } from '../access/authorize.ts'
import type { Caller } from '../access/caller.ts'
import { CONTROL_NAMESPACE } from '../app/application.ts'
import { ArgosyError } from '../fault/fault.ts'
import { toRfc3339 } from '../std/rfc3339.ts'

/** The one project there is so far; like Argo CD's, it permits everything. */
export const DEFAULT_PROJECT = 'default'

export interface ProjectJson {
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly resourceVersion: string
    readonly creationTimestamp: string
  }
  readonly spec: {
    readonly sourceRepos: readonly string[]
    readonly destinations: readonly { readonly server: string; readonly namespace: string }[]
    readonly clusterResourceWhitelist: readonly { readonly group: string; readonly kind: string }[]
  }
  readonly status: Readonly<Record<string, never>>
}

const DEFAULT: ProjectJson = {
  metadata: {
    name: DEFAULT_PROJECT,
    namespace: CONTROL_NAMESPACE,
    resourceVersion: '1',
    creationTimestamp: toRfc3339(0),
  },
  spec: {
    sourceRepos: ['*'],
    destinations: [{ server: '*', namespace: '*' }],
    clusterResourceWhitelist: [{ group: '*', kind: '*' }],
  },
  status: {},
}

export const listProjects = (caller: Caller): readonly ProjectJson[] =>
  isAllowed(caller, 'projects', 'get', DEFAULT_PROJECT) ? [DEFAULT] : []

/** Throws `NotFound` for any other name than `default`. */
export function getProject(caller: Caller, name: string): ProjectJson {
  authorize(caller, 'projects', 'get', name)
  if (name === DEFAULT_PROJECT) return DEFAULT
  throw new ArgosyError({ code: 'NotFound', kind: 'appprojects.argoproj.io', name })
}

/** Throws `InvalidArgument`, in Argo CD's words, when an Application names an unknown project. */
export function checkProjectOf(spec: { readonly project: string }): void {
  if (spec.project === DEFAULT_PROJECT) return
  throw new ArgosyError({
    code: 'InvalidArgument',
    message: `application references project ${spec.project} which does not exist`,
  })
}
