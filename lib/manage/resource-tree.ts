import type { Caller } from '../access/caller.ts'
import type { ResourceState } from '../app/status.ts'
import { healthOf } from '../health/health.ts'
import { keyText } from '../manifest/key.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { splitApiVersion } from '../manifest/manifest.ts'
import { imagesOf } from '../manifest/summary.ts'
import type { Ports } from '../reconcile/ports.ts'
import { readWhole } from '../state/whole-application.ts'
import type { HealthJson } from './application-json.ts'
import { type ApplicationRef, findApplication } from './find-application.ts'
import { findOwned } from './owned-objects.ts'

export interface ResourceNodeJson {
  readonly group?: string
  readonly version: string
  readonly kind: string
  readonly namespace?: string
  readonly name: string
  readonly uid?: string
  /** The objects that own it; none for the Application's own. */
  readonly parentRefs?: readonly ParentRefJson[]
  readonly resourceVersion?: string
  readonly images?: readonly string[]
  readonly health?: HealthJson
  readonly createdAt?: string
}

interface ParentRefJson {
  readonly group?: string
  readonly kind: string
  readonly namespace?: string
  readonly name: string
  readonly uid: string
}

export interface ResourceTreeJson {
  readonly nodes: readonly ResourceNodeJson[]
}

/**
 * The Application's own objects as the last comparison found them, by key, and after them the
 * workloads that those own, as they are on the cluster now.
 */
export async function getResourceTree(
  ports: Ports,
  caller: Caller,
  ref: ApplicationRef,
): Promise<ResourceTreeJson> {
  const record = await findApplication(ports, caller, ref, 'get')
  const whole = await readWhole(ports, record, ['resources'])
  const { resources = [] } = whole?.documents ?? {}
  const own = resources.toSorted((a, b) => (keyText(a.key) < keyText(b.key) ? -1 : 1))
  const owned = await findOwned(ports, record, own)
  return { nodes: [...own.map(ownNode), ...owned.map(ownedNode)] }
}

const ownNode = ({ key, version, live, health }: ResourceState): ResourceNodeJson => ({
  ...unlessEmpty('group', key.group),
  version,
  kind: key.kind,
  ...unlessEmpty('namespace', key.namespace),
  name: key.name,
  ...(live === undefined ? {} : { uid: live.uid, resourceVersion: live.resourceVersion }),
  ...(health === undefined ? {} : { health }),
})

function ownedNode(object: Manifest): ResourceNodeJson {
  const { metadata, apiVersion, kind } = object
  const { group, version } = splitApiVersion(apiVersion)
  const health = healthOf(object)
  const images = imagesOf(object)
  return {
    ...unlessEmpty('group', group),
    version,
    kind,
    ...unlessEmpty('namespace', metadata.namespace ?? ''),
    name: metadata.name ?? '',
    ...unlessEmpty('uid', metadata.uid ?? ''),
    parentRefs: (metadata.ownerReferences ?? []).map((owner) => ({
      ...unlessEmpty('group', splitApiVersion(owner.apiVersion).group),
      kind: owner.kind,
      ...unlessEmpty('namespace', metadata.namespace ?? ''),
      name: owner.name,
      uid: owner.uid,
    })),
    ...unlessEmpty('resourceVersion', metadata.resourceVersion ?? ''),
    ...(images.length === 0 ? {} : { images }),
    ...(health === undefined ? {} : { health }),
    ...unlessEmpty('createdAt', metadata.creationTimestamp ?? ''),
  }
}

const unlessEmpty = <K extends string>(name: K, text: string): { readonly [P in K]?: string } =>
  (text === '' ? {} : { [name]: text }) as { readonly [P in K]?: string }
