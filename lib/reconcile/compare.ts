import type { ApplicationSpec } from '../app/application.ts'
import { type Cluster, FIELD_MANAGER } from '../cluster/port.ts'
import { isModified } from '../diff/compare.ts'
import { isUnmoved, liveRecordOf } from '../diff/fingerprint.ts'
import { ignoredPointers } from '../diff/ignore-rules.ts'
import { hasLeftBehind } from '../diff/left-behind.ts'
import { describeFault, faultOf } from '../fault/fault.ts'
import { healthOf } from '../health/health.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { isProvenOwn, trackingAppOf } from '../manifest/tracking.ts'
import { mapPool } from '../std/pool.ts'
import { isHook } from '../sync/hooks.ts'
import type { Compared, Observed } from './compared.ts'
import { REQUESTS_AT_ONCE } from './observe.ts'

export interface CompareRequest {
  readonly app: string
  readonly ignoreDifferences: NonNullable<ApplicationSpec['ignoreDifferences']>
  readonly now: number
  /** Compare by dry-run even what the records call equal: the hourly full look. */
  readonly verify: boolean
}

/**
 * Stage 4. Says of each resource whether it is in sync. A live object that did not move since it
 * was found equal to the same target costs nothing; else one dry-run of the server-side apply is
 * compared with the live object (DESIGN 6). Objects of the inventory that are gone, or not ours
 * any more, are left out.
 */
export async function compare(
  cluster: Cluster,
  observed: readonly Observed[],
  request: CompareRequest,
): Promise<readonly Compared[]> {
  const compared = await mapPool(observed, REQUESTS_AT_ONCE, (resource) =>
    compareOne(cluster, resource, request),
  )
  return compared.filter((resource) => resource !== undefined)
}

async function compareOne(
  cluster: Cluster,
  resource: Observed,
  request: CompareRequest,
): Promise<Compared | undefined> {
  const { target, live, previous, unreadable } = resource
  const base = basics(resource)

  if (resource.isTrusted) {
    return {
      ...base,
      status: 'Synced',
      isOwn: true,
      ...(previous?.health === undefined ? {} : { health: previous.health }),
      ...(previous?.live === undefined ? {} : { record: previous.live }),
    }
  }
  if (unreadable !== undefined) return { ...base, status: 'Unknown', isOwn: false, unreadable }
  if (live === undefined) {
    return target === undefined
      ? undefined
      : { ...base, status: 'OutOfSync', health: { status: 'Missing' }, isOwn: false }
  }
  if (target === undefined) {
    return isProvenOwn(live, request.app)
      ? { ...base, ...liveFacts(live, request.now), status: 'OutOfSync', isOwn: true }
      : undefined
  }
  return comparePair(cluster, { ...resource, target, live }, request)
}

async function comparePair(
  cluster: Cluster,
  resource: Observed & { readonly target: Manifest; readonly live: Manifest },
  request: CompareRequest,
): Promise<Compared> {
  const { target, live, previous, targetDigest, info } = resource
  const owner = trackingAppOf(live)
  const base = {
    ...basics(resource),
    ...liveFacts(live, request.now),
    isOwn: isProvenOwn(live, request.app),
    ...(owner !== undefined && owner !== request.app ? { sharedWith: owner } : {}),
  }
  const record = previous?.live
  const isKnownEqual =
    record !== undefined &&
    record.targetDigest === targetDigest &&
    isUnmoved(record, live, FIELD_MANAGER)
  if (isKnownEqual && !request.verify) {
    const isSame = record.resourceVersion === live.metadata.resourceVersion
    return {
      ...base,
      status: 'Synced',
      record: isSame ? record : inSyncRecord(live, resource, request),
    }
  }
  if (info === undefined || isHook(target)) return { ...base, status: 'OutOfSync' }

  try {
    const predicted = await cluster.apply(info, target, {
      fieldManager: FIELD_MANAGER,
      force: true,
      dryRun: true,
      observed: live,
    })
    const ignore = ignoredPointers(request.ignoreDifferences, resource.key)
    // The dry-run keeps fields that another way of applying left behind; they leave with our apply.
    const isOut =
      isModified(live, predicted.object, { ignore }) || hasLeftBehind(live, target, FIELD_MANAGER)
    return isOut
      ? { ...base, status: 'OutOfSync' }
      : { ...base, status: 'Synced', record: inSyncRecord(live, resource, request) }
  } catch (error) {
    const fault = faultOf(error)
    if (fault.code !== 'KubernetesError') throw error
    // Somebody wrote between the GET and the dry-run: not a refusal, and the next look will tell.
    const isRace = fault.status === 409
    return { ...base, status: 'OutOfSync', ...(isRace ? {} : { refusal: describeFault(fault) }) }
  }
}

const basics = (resource: Observed): Pick<Compared, 'key' | 'version' | 'target' | 'info'> => ({
  key: resource.key,
  version: resource.version,
  ...(resource.target === undefined ? {} : { target: resource.target }),
  ...(resource.targetDigest === undefined ? {} : { targetDigest: resource.targetDigest }),
  ...(resource.info === undefined ? {} : { info: resource.info }),
})

/** Health and record of a live object that is not (known to be) equal to its target. */
function liveFacts(live: Manifest, now: number): Pick<Compared, 'live' | 'health' | 'record'> {
  const health = healthOf(live)
  return {
    live,
    record: liveRecordOf(live, FIELD_MANAGER, { now }),
    ...(health === undefined ? {} : { health }),
  }
}

const inSyncRecord = (live: Manifest, resource: Observed, request: CompareRequest) =>
  liveRecordOf(live, FIELD_MANAGER, {
    now: request.now,
    ...(resource.targetDigest === undefined ? {} : { targetDigest: resource.targetDigest }),
  })
