import type { ApplicationSpec } from '../app/application.ts'
import type {
  Condition,
  Health,
  Operation,
  OperationPhase,
  Snapshot,
  SyncStatus,
} from '../app/status.ts'
import type { Subscription } from './subscriptions.ts'

/**
 * An Application as stored. Its attributes fall into groups with one writer each (law 2):
 * spec: the API. wanted and operation: API, webhooks, poller, sweeps. All that begins with `seen`:
 * the worker, by one conditional update per step.
 */
export interface ApplicationRecord {
  readonly tenant: string
  readonly name: string
  readonly uid: string
  /** Grows with every write of the item: Argo CD's `resourceVersion`. */
  readonly version: number
  readonly createdAt: number
  /** When this item is due for a look; absent when nothing waits. */
  readonly due?: number

  readonly generation: number
  readonly spec: ApplicationSpec
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly deletion?: Deletion

  readonly wanted: Looks
  readonly operation?: Operation
  /** Id of the operation that a person asked to terminate. */
  readonly terminate?: string

  readonly seen: Seen
}

export interface Deletion {
  readonly requestedAt: number
  readonly cascade: boolean
  readonly propagation: 'foreground' | 'background'
}

/**
 * How thoroughly somebody wants the Application looked at; each level includes those before it.
 * look: compare with the newest known snapshot. observe: fetch every live object anew.
 * refresh: ask Git anew as well. hard: render anew as well.
 */
export const LOOK_LEVELS = ['look', 'observe', 'refresh', 'hard'] as const
export type LookLevel = (typeof LOOK_LEVELS)[number]
/**
 * Counters; a level is wanted while its `wanted` counter is ahead of its `seen` counter (law 1).
 * `look` grows with every ask whatever its level, so it also tells that something was asked.
 */
export type Looks = Readonly<Record<LookLevel, number>>

export interface Seen {
  readonly looks: Looks
  /** Spec generation that the results belong to. */
  readonly generation: number
  /** The fence: grows by one with every lease taken and every commit (law 2). */
  readonly round: number
  readonly lease?: { readonly owner: string; readonly until: number }
  /** Until when a worker whose lease ran out may still write to the cluster. */
  readonly strayUntil?: number
  readonly summary?: Summary
  readonly documents: Documents
  /** The operation that runs; its state is in the `operation` document. */
  readonly running?: string
  /** The requested operation that was taken up last, finished or not. */
  readonly taken?: string
}

/** What lists show; small enough to travel with the item. */
export interface Summary {
  readonly sync: SyncStatus
  readonly health: Health
  readonly healthSince: number
  readonly snapshot?: Snapshot
  readonly conditions: readonly Condition[]
  readonly reconciledAt: number
  readonly sourceTypes: readonly string[]
  readonly images: readonly string[]
  readonly operation?: {
    readonly id: string
    readonly phase: OperationPhase
    readonly startedAt: number
    readonly finishedAt?: number
  }
  /** How many looks in a row found the Application still progressing; spaces them out. */
  readonly waits: number
  /** When every live object was last fetched and compared in full. */
  readonly verifiedAt: number
  /** What wakes this Application when Git changes; kept in step with the spec. */
  readonly subscriptions: readonly Subscription[]
  /** Where its objects live, as the drift sweep was told. */
  readonly swept?: { readonly server: string; readonly kinds: readonly string[] }
}

/** Pointers to side documents; each is written under a fresh id before the commit points to it. */
export interface Documents {
  readonly resources?: DocumentRef
  readonly inventory?: DocumentRef
  readonly operation?: DocumentRef
  readonly history?: DocumentRef
}
export type DocumentName = keyof Documents

export interface DocumentRef {
  readonly id: string
  readonly digest: string
}

/** A repository as last seen. `refs` may be ahead of `announced`: then Applications are still to be woken. */
export interface RepositoryRecord {
  readonly tenant: string
  readonly url: string
  readonly due?: number
  /** Number of the newest check that began. */
  readonly check: number
  /** Number of the check that made `refs` (law 5). */
  readonly refsCheck: number
  readonly refs: Readonly<Record<string, string>>
  readonly announced: Readonly<Record<string, string>>
  /** Commits that a ref left not long ago; going back to one is believed at the second look. */
  readonly left: Readonly<Record<string, readonly string[]>>
  readonly suspected: Readonly<Record<string, string>>
  readonly error?: string
}

export interface ClusterRecord {
  readonly tenant: string
  /** As Applications name it in `destination.server`. */
  readonly server: string
  readonly name: string
  /** Sealed `ClusterConnection`, purpose `cluster:<server>`. */
  readonly connection: string
  readonly due?: number
  readonly serverVersion?: string
  readonly error?: string
  readonly attemptedAt?: number
}

export interface AccountRecord {
  readonly tenant: string
  readonly name: string
  readonly passwordHash: string
  /** Tokens issued before it are refused. */
  readonly passwordSince: number
  readonly capabilities: readonly string[]
  /** Sealed, purpose `initial-password`; gone once the password was changed. */
  readonly initialPassword?: string
}
