import type {
  ApplicationSource,
  ApplicationSpec,
  Destination,
  RetryStrategy,
} from '../app/application.ts'
import type { HealthStatus, OperationPhase, ResourceSelector, SyncStatus } from '../app/status.ts'

/** The Application as Argo CD's API answers it; field order is that of its Go structs (2.1). */
export interface ApplicationJson {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: MetadataJson
  readonly spec: ApplicationSpec
  readonly status: StatusJson
  /** Asked for or running; its presence is what "an operation is in progress" means to clients. */
  readonly operation?: OperationJson
}

export interface MetadataJson {
  readonly name: string
  readonly namespace: string
  readonly uid: string
  readonly resourceVersion: string
  readonly generation: number
  readonly creationTimestamp: string
  readonly deletionTimestamp?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly finalizers?: readonly string[]
}

export interface StatusJson {
  readonly resources?: readonly ResourceStatusJson[]
  readonly sync: SyncJson
  readonly health: HealthJson
  readonly history?: readonly HistoryJson[]
  readonly conditions?: readonly ConditionJson[]
  readonly reconciledAt?: string
  readonly operationState?: OperationStateJson
  readonly sourceType?: string
  readonly sourceTypes?: readonly string[]
  readonly summary: { readonly images?: readonly string[] }
  readonly controllerNamespace?: string
  readonly sourceHydrator: Readonly<Record<string, never>>
}

export interface SyncJson {
  /** Empty before the first comparison. */
  readonly status: SyncStatus | ''
  readonly comparedTo: {
    readonly source?: ApplicationSource
    readonly destination: Destination
    readonly sources?: readonly ApplicationSource[]
  }
  readonly revision?: string
  readonly revisions?: readonly string[]
}

export interface HealthJson {
  readonly status?: HealthStatus
  readonly message?: string
  readonly lastTransitionTime?: string
}

export interface ConditionJson {
  readonly type: string
  readonly message: string
  readonly lastTransitionTime: string
}

export interface ResourceStatusJson {
  readonly group?: string
  readonly version: string
  readonly kind: string
  readonly namespace?: string
  readonly name: string
  readonly status?: SyncStatus
  readonly health?: HealthJson
  readonly hook?: boolean
  readonly requiresPruning?: boolean
  readonly syncWave?: number
}

export interface HistoryJson {
  readonly revision?: string
  readonly deployedAt: string
  readonly id: number
  readonly source: ApplicationSource
  readonly deployStartedAt: string
  readonly sources?: readonly ApplicationSource[]
  readonly revisions?: readonly string[]
  readonly initiatedBy: InitiatorJson
}

interface InitiatorJson {
  readonly username?: string
  readonly automated?: boolean
}

export interface OperationJson {
  readonly sync: SyncOperationJson
  readonly initiatedBy: InitiatorJson
  readonly info?: readonly { readonly name: string; readonly value: string }[]
  readonly retry: RetryStrategy
}

export interface SyncOperationJson {
  readonly revision?: string
  readonly prune?: boolean
  readonly dryRun?: boolean
  readonly syncStrategy?: {
    readonly apply?: { readonly force?: boolean }
    readonly hook?: { readonly force?: boolean }
  }
  readonly resources?: readonly ResourceSelector[]
  readonly source?: ApplicationSource
  readonly syncOptions?: readonly string[]
  readonly sources?: readonly ApplicationSource[]
  readonly revisions?: readonly string[]
}

export interface OperationStateJson {
  readonly operation?: OperationJson
  readonly phase: OperationPhase
  readonly message?: string
  /** Absent in lists that leave out the details. */
  readonly syncResult?: SyncResultJson
  readonly startedAt: string
  readonly finishedAt?: string
  readonly retryCount?: number
}

export interface SyncResultJson {
  readonly resources?: readonly ResourceResultJson[]
  readonly revision: string
  readonly source?: ApplicationSource
  readonly sources?: readonly ApplicationSource[]
  readonly revisions?: readonly string[]
}

export interface ResourceResultJson {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly status?: string
  readonly message?: string
  readonly hookType?: string
  readonly hookPhase?: string
  readonly syncPhase?: string
}
