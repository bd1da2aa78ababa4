import type { LiveRecord, ResourceState } from '../app/status.ts'
import type { KindInfo } from '../cluster/port.ts'
import { type ResourceKey, keyText } from '../manifest/key.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { requiresPruning } from '../sync/auto-sync.ts'
import { isHook } from '../sync/hooks.ts'
import type { ComparedResource } from '../sync/task.ts'
import { waveOf } from '../sync/waves.ts'

/** A resource as the observe stage found it. */
export interface Observed {
  readonly key: ResourceKey
  readonly version: string
  readonly target?: Manifest
  readonly targetDigest?: string
  /** Absent: the cluster does not serve this kind. */
  readonly info?: KindInfo
  readonly live?: Manifest
  /** What the last look recorded. */
  readonly previous?: ResourceState
  /** The live object was not fetched: nothing says that it moved since `previous`. */
  readonly isTrusted: boolean
  /** Why the live object could not be read. */
  readonly unreadable?: string
}

/** A resource after comparing, with what the next look needs to compare it for free. */
export interface Compared extends ComparedResource {
  readonly info?: KindInfo
  readonly targetDigest?: string
  readonly record?: LiveRecord
  /** Why the API server would refuse the target; known from the dry-run that compared it. */
  readonly refusal?: string
  /** Another Application whose tracking mark the live object bears. */
  readonly sharedWith?: string
}

export const toResourceState = (resource: Compared): ResourceState => {
  const manifest = resource.target ?? resource.live
  const wave = manifest === undefined ? 0 : waveOf(manifest)
  return {
    key: resource.key,
    version: resource.version,
    status: resource.status,
    ...(resource.health === undefined ? {} : { health: resource.health }),
    ...(isHookResource(resource) ? { hook: true } : {}),
    ...(requiresPruning(resource) ? { requiresPruning: true } : {}),
    ...(wave === 0 ? {} : { syncWave: wave }),
    ...(resource.record === undefined ? {} : { live: resource.record }),
  }
}

/** Hooks run in a sync; they are not compared and do not count for the Application's status. */
export const isHookResource = (resource: ComparedResource): boolean => {
  const manifest = resource.target ?? resource.live
  return manifest !== undefined && isHook(manifest)
}

export const byKey = <T extends { readonly key: ResourceKey }>(
  items: readonly T[],
): ReadonlyMap<string, T> => new Map(items.map((item) => [keyText(item.key), item]))
