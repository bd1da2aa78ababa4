import type { ResourceKey } from '../manifest/key.ts'
import type { ApplicationSource, RetryStrategy } from './application.ts'

export type SyncStatus = 'Synced' | 'OutOfSync' | 'Unknown'

/** From best to worst: an Application is as healthy as its worst resource (Argo CD 1.7). */
export const HEALTH_ORDER = [
  'Healthy',
  'Suspended',
  'Progressing',
  'Missing',
  'Degraded',
  'Unknown',
] as const
export type HealthStatus = (typeof HEALTH_ORDER)[number]

export interface Health {
  readonly status: HealthStatus
  readonly message?: string
}

export type OperationPhase = 'Running' | 'Terminating' | 'Failed' | 'Error' | 'Succeeded'

export const isFinished = (phase: OperationPhase): boolean =>
  phase === 'Failed' || phase === 'Error' || phase === 'Succeeded'

/** Any error type ends in `Error`; the names are Argo CD's (1.21). */
export type ConditionType =
  | 'DeletionError'
  | 'InvalidSpecError'
  | 'ComparisonError'
  | 'SyncError'
  | 'UnknownError'
  | 'SharedResourceWarning'
  | 'RepeatedResourceWarning'
  | 'ExcludedResourceWarning'
  | 'OrphanedResourceWarning'

export interface Condition {
  readonly type: ConditionType
  readonly message: string
  /** Epoch milliseconds, like every time in state; RFC 3339 is made at the API's edge. */
  readonly lastTransitionTime: number
}

/** One snapshot (law 5): every source resolved in one step; nothing is rendered from a branch name. */
export interface Snapshot {
  readonly revisions: readonly string[]
}

/** What a person, or automated sync, asked for. `id` tells two requests apart. */
export interface Operation {
  readonly id: string
  readonly requestedAt: number
  readonly initiatedBy: { readonly username?: string; readonly automated?: boolean }
  readonly retry?: RetryStrategy
  readonly info?: readonly { readonly name: string; readonly value: string }[]
  readonly sync: {
    /** The revisions to sync, one a source; absent: the newest snapshot. */
    readonly revisions?: readonly string[]
    readonly sources?: readonly ApplicationSource[]
    readonly prune?: boolean
    readonly dryRun?: boolean
    readonly resources?: readonly ResourceSelector[]
    readonly syncOptions?: readonly string[]
    readonly strategy?: 'hook' | 'apply'
    readonly force?: boolean
    readonly autoHealAttempts?: number
  }
}

export interface ResourceSelector {
  readonly group?: string
  readonly kind: string
  readonly name: string
  readonly namespace?: string
}

export type ResultStatus = 'Synced' | 'SyncFailed' | 'Pruned' | 'PruneSkipped'
export type SyncPhase = 'PreSync' | 'Sync' | 'PostSync' | 'SyncFail'
export const SYNC_PHASES = [
  'PreSync',
  'Sync',
  'PostSync',
  'SyncFail',
] as const satisfies SyncPhase[]

/** What became of one object in a sync (Argo CD's `syncResult.resources[]`). */
export interface ResourceResult {
  readonly key: ResourceKey
  readonly version: string
  /** Absent while the task has not run. */
  readonly status?: ResultStatus
  readonly message?: string
  readonly hookType?: string
  readonly hookPhase?: OperationPhase
  readonly syncPhase: SyncPhase
}

export interface OperationState {
  readonly operation: Operation
  readonly phase: OperationPhase
  readonly message: string
  readonly startedAt: number
  readonly finishedAt?: number
  readonly retryCount: number
  /** When the attempt that runs began; absent in the first one. */
  readonly attemptStartedAt?: number
  /** When the next attempt of a failed sync begins; set only while it waits for that. */
  readonly retryAt?: number
  /** How many unfinished automated syncs in a row gave way to a newer snapshot (law 6). */
  readonly overtakes?: number
  readonly snapshot: Snapshot
  readonly sources: readonly ApplicationSource[]
  readonly results: readonly ResourceResult[]
}

export interface HistoryEntry {
  readonly id: number
  readonly revisions: readonly string[]
  readonly sources: readonly ApplicationSource[]
  readonly deployStartedAt: number
  readonly deployedAt: number
  readonly initiatedBy: { readonly username?: string; readonly automated?: boolean }
}

/**
 * What is known of one resource. The `record` is what makes comparing free (DESIGN 6): if the
 * target's digest is the recorded one and the live object did not move, it is in sync.
 */
export interface ResourceState {
  readonly key: ResourceKey
  readonly version: string
  readonly status: SyncStatus
  readonly health?: Health
  readonly hook?: boolean
  readonly requiresPruning?: boolean
  readonly syncWave?: number
  readonly live?: LiveRecord
}

export interface LiveRecord {
  readonly uid: string
  readonly resourceVersion: string
  readonly generation?: number
  /** Digest of our own `managedFields` entry; empty when we own no field. */
  readonly fingerprint: string
  /** Digest of the target that was found equal to this live object; absent when it differed. */
  readonly targetDigest?: string
  readonly verifiedAt: number
}
