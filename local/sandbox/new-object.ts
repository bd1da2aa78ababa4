import type { Manifest, ObjectMeta } from '../../lib/manifest/manifest.ts'
import { type Json, jsonEqual, type JsonObject } from '../../lib/std/json.ts'
import { toRfc3339 } from '../../lib/std/rfc3339.ts'
import { withDefaults } from './defaults.ts'
import type { ServedKind } from './kinds.ts'

export interface Stamp {
  readonly uid: string
  /** Epoch ms. */
  readonly now: number
}

/** What the server adds to a new object, whatever its writer said: identity, times, no status yet. */
export function asNewObject(kind: ServedKind, draft: Manifest, { uid, now }: Stamp): Manifest {
  const {
    deletionTimestamp: _at,
    selfLink: _link,
    resourceVersion: _version,
    ...own
  } = draft.metadata
  const metadata: ObjectMeta = {
    ...own,
    uid,
    creationTimestamp: toRfc3339(now),
    ...(kind.hasGeneration ? { generation: 1 } : {}),
    ...labelsOfNew(kind, draft),
  }
  const { status: _status, ...content } = draft
  const status = NEW_STATUS[`${kind.group}/${kind.kind}`]
  return withDefaults({
    ...(kind.hasStatus ? content : draft),
    ...(status === undefined ? {} : { status }),
    apiVersion: draft.apiVersion,
    kind: draft.kind,
    metadata,
  })
}

/** Namespaces can be selected by their name. */
const labelsOfNew = (kind: ServedKind, { metadata }: Manifest): Partial<ObjectMeta> =>
  kind.kind === 'Namespace' && kind.group === ''
    ? { labels: { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name ?? '' } }
    : {}

const NEW_STATUS: Readonly<Record<string, JsonObject>> = {
  '/Namespace': { phase: 'Active' },
  '/Pod': { phase: 'Pending', qosClass: 'BestEffort' },
  '/Service': { loadBalancer: {} },
  '/PersistentVolumeClaim': { phase: 'Pending' },
  'apps/Deployment': {},
  'apps/ReplicaSet': { replicas: 0 },
  'apps/StatefulSet': { replicas: 0 },
  'apps/DaemonSet': {
    currentNumberScheduled: 0,
    desiredNumberScheduled: 0,
    numberMisscheduled: 0,
    numberReady: 0,
  },
  'batch/Job': {},
  'batch/CronJob': {},
  'networking.k8s.io/Ingress': { loadBalancer: {} },
}

/** Metadata that nobody but the server writes. */
const SERVER_METADATA = [
  'name',
  'namespace',
  'generateName',
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generation',
] as const

/**
 * The object that a write leads to: what the writer may not touch is as it was, and `generation`
 * counts the changes of what is asked for.
 */
export function asChangedObject(
  kind: ServedKind,
  live: Manifest,
  { next, subresource }: { readonly next: Manifest; readonly subresource: string },
): Manifest {
  const kept: Record<string, Json | undefined> = {}
  for (const name of SERVER_METADATA) kept[name] = live.metadata[name]
  const metadata = pruned({ ...next.metadata, ...kept })
  if (subresource === 'status') {
    const managed = { ...live.metadata, ...pickManagedFields(next.metadata) }
    return { ...live, metadata: managed, ...pickStatus(next) }
  }
  const { status: _status, ...content } = next
  const changed: Manifest = withDefaults({
    ...(kind.hasStatus ? { ...content, ...pickStatus(live) } : next),
    apiVersion: live.apiVersion,
    kind: live.kind,
    metadata,
  })
  const isAskedAnew = !jsonEqual(askedOf(live), askedOf(changed))
  if (!kind.hasGeneration || !isAskedAnew) return changed
  const generation = (live.metadata.generation ?? 0) + 1
  return { ...changed, metadata: { ...changed.metadata, generation } }
}

const pickStatus = ({ status }: Manifest): JsonObject => (status === undefined ? {} : { status })

const pickManagedFields = ({ managedFields }: ObjectMeta): Partial<ObjectMeta> =>
  managedFields === undefined ? {} : { managedFields }

function askedOf(object: Manifest): JsonObject {
  const { metadata: _metadata, status: _status, ...asked } = object
  return asked
}

const pruned = (metadata: JsonObject): ObjectMeta =>
  Object.fromEntries(
    Object.entries(metadata).filter(([, value]) => value !== undefined && value !== null),
  )

/** Whether a write changes nothing: the times of managed fields alone are no change. */
export const isSame = (a: Manifest, b: Manifest): boolean => jsonEqual(timeless(a), timeless(b))

const timeless = (object: Manifest): JsonObject => ({
  ...object,
  metadata: {
    ...object.metadata,
    managedFields: (object.metadata.managedFields ?? []).map(({ time: _time, ...entry }) => entry),
  },
})
