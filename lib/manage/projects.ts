import { authorize, isAllowed } from '../access/authorize.ts'
import type { Caller } from '../access/caller.ts'
import { CONTROL_NAMESPACE } from '../app/application.ts'
import { type AppProject, DEFAULT_PROJECT } from '../app/project.ts'
import { ArgosyError } from '../fault/fault.ts'
import { toRfc3339 } from '../std/rfc3339.ts'

export interface ProjectJson {
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly resourceVersion: string
    readonly creationTimestamp: string
  }
  readonly spec: AppProject['spec']
  readonly status: Readonly<Record<string, never>>
}

const presentProject = ({ name, spec }: AppProject): ProjectJson => ({
  metadata: {
    name,
    namespace: CONTROL_NAMESPACE,
    resourceVersion: '1',
    creationTimestamp: toRfc3339(0),
  },
  spec,
  status: {},
})

export const listProjects = (caller: Caller): readonly ProjectJson[] =>
  isAllowed(caller, 'projects', 'get', DEFAULT_PROJECT.name)
    ? [presentProject(DEFAULT_PROJECT)]
    : []

/** Throws `NotFound` for any other name than `default`. */
export function getProject(caller: Caller, name: string): ProjectJson {
  authorize(caller, 'projects', 'get', name)
  if (name === DEFAULT_PROJECT.name) return presentProject(DEFAULT_PROJECT)
  throw new ArgosyError({ code: 'NotFound', kind: 'appprojects.argoproj.io', name })
}

/**
 * The project of an Application; `default` is the only one so far. Throws `InvalidArgument`, in
 * Argo CD's words, when there is no such project.
 */
export function projectOf(spec: { readonly project: string }): AppProject {
  if (spec.project === DEFAULT_PROJECT.name) return DEFAULT_PROJECT
  throw new ArgosyError({
    code: 'InvalidArgument',
    message: `application references project ${spec.project} which does not exist`,
  })
}
