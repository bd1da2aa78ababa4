import type {
  Condition,
  ConditionType,
  Health,
  ResourceState,
  Snapshot,
  SyncStatus,
} from '../app/status.ts'
import { aggregateHealth } from '../health/aggregate.ts'
import { annotation } from '../manifest/manifest.ts'
import { imagesOf } from '../manifest/summary.ts'
import type { Summary } from '../state/records.ts'
import { type Compared, isHookResource } from './compared.ts'

/** Resources with it do not count for the Application's health (Argo CD 1.7). */
const IGNORE_HEALTH = 'argocd.argoproj.io/ignore-healthcheck'
const COMPARE_OPTIONS = 'argocd.argoproj.io/compare-options'

/** The Application's sync status: the worst of its resources; hooks and tolerated extras do not count. */
export function syncStatusOf(resources: readonly Compared[]): SyncStatus {
  const counted = resources.filter(
    (resource) => !isHookResource(resource) && !isTolerated(resource),
  )
  if (counted.some((resource) => resource.status === 'Unknown')) return 'Unknown'
  return counted.some((resource) => resource.status === 'OutOfSync') ? 'OutOfSync' : 'Synced'
}

export const appHealthOf = (resources: readonly Compared[]): Health =>
  aggregateHealth(
    resources.map((resource) => ({
      key: resource.key,
      ...(resource.health === undefined ? {} : { health: resource.health }),
      isMissing: resource.health?.status === 'Missing',
      isHook: isHookResource(resource),
      isIgnored: isIgnoredForHealth(resource),
    })),
  )

export interface Finding {
  readonly type: ConditionType
  readonly message: string
}

/** What people read of a round. Times of what did not change stay as they were. */
export function summarise(
  before: Summary | undefined,
  round: {
    readonly sync: SyncStatus
    readonly health: Health
    readonly snapshot: Snapshot | undefined
    readonly findings: readonly Finding[]
    readonly sourceTypes: readonly string[]
    readonly images: readonly string[]
    readonly operation: Summary['operation']
    readonly verifiedAt: number
    readonly now: number
  },
): Omit<Summary, 'subscriptions' | 'swept'> {
  const { now, health } = round
  const isWaiting =
    health.status === 'Progressing' || round.findings.some(({ type }) => type.endsWith('Error'))
  return {
    sync: round.sync,
    health,
    healthSince: before?.health.status === health.status ? before.healthSince : now,
    ...(round.snapshot === undefined ? {} : { snapshot: round.snapshot }),
    conditions: conditionsOf(before?.conditions ?? [], round.findings, now),
    reconciledAt: now,
    sourceTypes: round.sourceTypes,
    images: round.images,
    ...(round.operation === undefined ? {} : { operation: round.operation }),
    waits: isWaiting ? (before?.waits ?? 0) + 1 : 0,
    verifiedAt: round.verifiedAt,
  }
}

/** Images of everything that is live, sorted; what was not fetched keeps the images of its target. */
export const imagesOfAll = (resources: readonly Compared[]): readonly string[] =>
  [
    ...new Set(
      resources.flatMap((resource) => {
        const manifest = resource.live ?? resource.target
        return manifest === undefined ? [] : imagesOf(manifest)
      }),
    ),
  ].toSorted()

/** Conditions of this round; those that say what was said before keep their time. */
function conditionsOf(
  before: readonly Condition[],
  findings: readonly Finding[],
  now: number,
): readonly Condition[] {
  return findings.map(({ type, message }) => {
    const same = before.find((old) => old.type === type && old.message === message)
    return same ?? { type, message, lastTransitionTime: now }
  })
}

/** What a look could not find out leaves every resource as it was, but of unknown sync status. */
export const asUnknown = (resources: readonly ResourceState[]): readonly ResourceState[] =>
  resources.map((resource) => ({ ...resource, status: 'Unknown' }))

const isIgnoredForHealth = ({ target, live }: Compared): boolean => {
  const manifest = target ?? live
  return manifest !== undefined && annotation(manifest, IGNORE_HEALTH) === 'true'
}

/** An extra object may be declared harmless (Argo CD 1.6, IgnoreExtraneous). */
const isTolerated = ({ target, live }: Compared): boolean =>
  target === undefined &&
  live !== undefined &&
  (annotation(live, COMPARE_OPTIONS) ?? '').split(',').includes('IgnoreExtraneous')
