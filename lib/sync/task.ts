import type { Health, ResourceResult, SyncPhase, SyncStatus } from '../app/status.ts'
import type { ResourceKey } from '../manifest/key.ts'
import type { Manifest } from '../manifest/manifest.ts'

/** One resource after comparing: what Git says (`target`), what the cluster has (`live`). */
export interface ComparedResource {
  readonly key: ResourceKey
  readonly version: string
  /** Absent: not in Git any more. It carries the tracking mark and its final namespace. */
  readonly target?: Manifest
  /** Absent: not on the cluster. */
  readonly live?: Manifest
  readonly status: SyncStatus
  readonly health?: Health
  /** Set when `live` belongs to this Application beyond doubt: proof for pruning (law 7). */
  readonly isOwn: boolean
  /** Set when the live state could not be read; such a resource is never pruned. */
  readonly unreadable?: string
}

/** One thing a sync does to one object. A task without `target` prunes. */
export interface Task {
  readonly key: ResourceKey
  readonly version: string
  readonly phase: SyncPhase
  readonly wave: number
  readonly target?: Manifest
  readonly live?: Manifest
  readonly hookType?: string
  /** Set when `live` could not be read: the task fails with this reason instead of applying blindly. */
  readonly unreadable?: string
}

/** What a sync does next (law 4). */
export type Step =
  | {
      readonly do: 'run'
      readonly phase: SyncPhase
      readonly wave: number
      /** Prunes come first, then applies in kind order. */
      readonly tasks: readonly Task[]
      /** Nothing comes after it: the sync has succeeded when every task did (Argo CD 6.9-16). */
      readonly isLast: boolean
    }
  | { readonly do: 'wait'; readonly message: string }
  | { readonly do: 'finish'; readonly phase: 'Succeeded' | 'Failed'; readonly message: string }

/** What `nextStep` may know: the plan, what was done so far, what is seen now. */
export interface SyncProgress {
  readonly tasks: readonly Task[]
  readonly results: readonly ResourceResult[]
  readonly resources: readonly ComparedResource[]
  readonly now: number
  /** At this time the operation ends and names what blocked it (law 6). */
  readonly deadline: number
  readonly prune: boolean
  readonly dryRun: boolean
}
