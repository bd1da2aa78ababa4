import { type Health, HEALTH_ORDER, type HealthStatus } from '../app/status.ts'
import type { ResourceKey } from '../manifest/key.ts'

export interface ResourceHealth {
  readonly key: ResourceKey
  /** Absent for kinds that have no health. */
  readonly health?: Health
  /** Not on the cluster. */
  readonly isMissing: boolean
  readonly isHook: boolean
  /** Marked to be left out of the Application's health. */
  readonly isIgnored: boolean
}

/** How many culprits the message names. */
const CAUSES_TOLD_MAX = 3

/**
 * Health of an Application: that of its worst live resource (Argo CD 6.6). What is missing does
 * not make it worse, for the sync status says so; but if nothing at all is alive it is Missing.
 */
export function aggregateHealth(resources: readonly ResourceHealth[]): Health {
  const own = resources.filter((resource) => !resource.isHook)
  const alive = own.filter((resource) => !resource.isMissing)
  if (own.length > 0 && alive.length === 0) return { status: 'Missing' }

  const counted = alive.filter((resource) => !resource.isIgnored && !isUnsureChild(resource))
  const statuses = counted.map((resource) => resource.health?.status ?? 'Healthy')
  const worst = HEALTH_ORDER.findLast((status) => statuses.includes(status)) ?? 'Healthy'
  return worst === 'Healthy'
    ? { status: worst }
    : { status: worst, message: causes(counted, worst) }
}

/** A child Application has a health only if somebody gave it a rule; without one it says nothing. */
const isUnsureChild = ({ key, health }: ResourceHealth): boolean =>
  key.group === 'argoproj.io' &&
  key.kind === 'Application' &&
  (health?.status === 'Missing' || health?.status === 'Unknown')

function causes(resources: readonly ResourceHealth[], status: HealthStatus): string {
  const culprits = resources.filter((resource) => resource.health?.status === status)
  const told = culprits.slice(0, CAUSES_TOLD_MAX).map(({ key }) => titleOf(key))
  const more = culprits.length - told.length
  return `Caused by ${told.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

const titleOf = ({ group, kind, namespace, name }: ResourceKey): string =>
  `${group === '' ? kind : `${group}/${kind}`}:${namespace}/${name}`
