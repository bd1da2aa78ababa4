/**
 * Every way in which Argosy cannot go on, as data. A fault crosses queues, HTTP and process
 * borders by its code; its traits say who has to act and whether trying again can help.
 */
export type Fault =
  | { readonly code: 'InvalidArgument'; readonly message: string }
  | { readonly code: 'FailedPrecondition'; readonly message: string }
  | { readonly code: 'NotFound'; readonly kind: string; readonly name: string }
  | { readonly code: 'PermissionDenied'; readonly message: string }
  | { readonly code: 'Unauthenticated'; readonly message: string }
  | { readonly code: 'LimitExceeded'; readonly limit: string; readonly message: string }
  | { readonly code: 'Conflict'; readonly message: string }
  | { readonly code: 'RepositoryUnreachable'; readonly repo: string; readonly detail: string }
  | { readonly code: 'RepositoryRefused'; readonly repo: string; readonly detail: string }
  | { readonly code: 'RepositoryForbidden'; readonly repo: string; readonly host: string }
  | { readonly code: 'NotARepository'; readonly repo: string; readonly detail: string }
  | { readonly code: 'RevisionNotFound'; readonly repo: string; readonly revision: string }
  | { readonly code: 'PathNotFound'; readonly path: string; readonly revision: string }
  | { readonly code: 'RenderFailed'; readonly path: string; readonly detail: string }
  | { readonly code: 'ClusterNotRegistered'; readonly cluster: string }
  | { readonly code: 'ClusterUnreachable'; readonly cluster: string; readonly detail: string }
  | { readonly code: 'ClusterRefused'; readonly cluster: string; readonly detail: string }
  | {
      /** The API server answered a request with a Kubernetes `Status`. */
      readonly code: 'KubernetesError'
      readonly status: number
      readonly reason: string
      readonly message: string
    }
  | { readonly code: 'EngineFailed'; readonly engine: string; readonly detail: string }
  | { readonly code: 'Throttled'; readonly service: string }
  | { readonly code: 'Unimplemented'; readonly feature: string }
  | { readonly code: 'Internal'; readonly message: string }

export type FaultCode = Fault['code']

interface Traits {
  /** Whose fault it is: only `system` is worth an operator's alarm. */
  readonly blame: 'user' | 'system'
  /** Whether the same request may succeed later without anyone changing anything. */
  readonly retry: boolean
  /** The gRPC status code that clients of Argo CD's API read. */
  readonly grpc: number
}

const FAULTS = {
  InvalidArgument: { blame: 'user', retry: false, grpc: 3 },
  FailedPrecondition: { blame: 'user', retry: false, grpc: 9 },
  NotFound: { blame: 'user', retry: false, grpc: 5 },
  PermissionDenied: { blame: 'user', retry: false, grpc: 7 },
  Unauthenticated: { blame: 'user', retry: false, grpc: 16 },
  LimitExceeded: { blame: 'user', retry: false, grpc: 8 },
  Conflict: { blame: 'system', retry: true, grpc: 10 },
  RepositoryUnreachable: { blame: 'user', retry: true, grpc: 2 },
  RepositoryRefused: { blame: 'user', retry: false, grpc: 2 },
  RepositoryForbidden: { blame: 'user', retry: false, grpc: 2 },
  NotARepository: { blame: 'user', retry: false, grpc: 2 },
  RevisionNotFound: { blame: 'user', retry: false, grpc: 2 },
  PathNotFound: { blame: 'user', retry: false, grpc: 2 },
  RenderFailed: { blame: 'user', retry: false, grpc: 2 },
  ClusterNotRegistered: { blame: 'user', retry: false, grpc: 2 },
  ClusterUnreachable: { blame: 'user', retry: true, grpc: 14 },
  ClusterRefused: { blame: 'user', retry: false, grpc: 2 },
  KubernetesError: { blame: 'user', retry: false, grpc: 2 },
  EngineFailed: { blame: 'system', retry: true, grpc: 13 },
  Throttled: { blame: 'system', retry: true, grpc: 14 },
  Unimplemented: { blame: 'user', retry: false, grpc: 12 },
  Internal: { blame: 'system', retry: true, grpc: 13 },
} as const satisfies Record<FaultCode, Traits>

export class ArgosyError extends Error {
  readonly fault: Fault

  constructor(fault: Fault, options?: ErrorOptions) {
    super(describeFault(fault), options)
    this.name = fault.code
    this.fault = fault
  }
}

/** The fault behind an error; what nobody foresaw is `Internal`. */
export const faultOf = (error: unknown): Fault =>
  error instanceof ArgosyError
    ? error.fault
    : { code: 'Internal', message: error instanceof Error ? error.message : String(error) }

export const traitsOf = (fault: Fault): Traits => FAULTS[fault.code]

/** What we do not know, we retry: the queue's redrive limit decides when to give up, not a guess. */
export const isRetryable = (error: unknown): boolean => {
  const fault = faultOf(error)
  if (fault.code === 'KubernetesError')
    return fault.status === 409 || fault.status === 429 || fault.status >= 502
  return traitsOf(fault).retry
}

/** One line that names the object, the cause and, where there is one, the remedy. */
export function describeFault(fault: Fault): string {
  switch (fault.code) {
    case 'InvalidArgument':
    case 'FailedPrecondition':
    case 'PermissionDenied':
    case 'Unauthenticated':
    case 'LimitExceeded':
    case 'Conflict':
    case 'Internal':
      return fault.message
    case 'KubernetesError':
      return fault.message
    case 'NotFound':
      return `${fault.kind} "${fault.name}" not found`
    case 'RepositoryUnreachable':
      return `repository ${fault.repo} is not reachable: ${fault.detail}; check the URL and the network`
    case 'RepositoryRefused':
      return `repository ${fault.repo} refused us: ${fault.detail}; check its credentials`
    case 'RepositoryForbidden':
      return `repository ${fault.repo} may not be read: ${fault.host} is not an address of the internet; use a host that is reachable from there`
    case 'NotARepository':
      return `${fault.repo} is not a Git repository: ${fault.detail}; check the URL`
    case 'RevisionNotFound':
      return `unable to resolve '${fault.revision}' in ${fault.repo}: no such branch, tag or commit; push it, or correct the revision`
    case 'PathNotFound':
      return `${fault.path}: app path does not exist`
    case 'RenderFailed':
      return `${fault.path}: ${fault.detail}`
    case 'ClusterNotRegistered':
      return `cluster ${fault.cluster} is not registered; correct the server or the name of the destination`
    case 'ClusterUnreachable':
      return `cluster ${fault.cluster} is not reachable: ${fault.detail}; is it running, and is this its address?`
    case 'ClusterRefused':
      return `cluster ${fault.cluster} refused us: ${fault.detail}; check its credentials`
    case 'EngineFailed':
      return `${fault.engine} engine: ${fault.detail}`
    case 'Throttled':
      return `${fault.service} asks to slow down`
    case 'Unimplemented':
      return `${fault.feature} is not there yet`
  }
}
