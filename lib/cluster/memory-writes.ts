import { keyOf, keyText, type ResourceKey } from '../manifest/key.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { applyFields, checkPreconditions, type Stored, updateFields } from './memory-apply.ts'
import { namespaceMissing, noSuchObject } from './memory-faults.ts'
import { fromManagedFields } from './memory-fields.ts'
import { settledStatus } from './memory-settle.ts'
import {
  dependentsOf,
  dropObject,
  type ObjectStore,
  shown,
  stamp,
  timestamp,
  writeObject,
} from './memory-store.ts'
import type { ApplyOptions, ApplyOutcome, KindInfo, RemoveOptions } from './port.ts'

const FOREGROUND = 'foregroundDeletion'
const CONTROLLER = 'kube-controller-manager'

export function applyObject(
  store: ObjectStore,
  info: KindInfo,
  target: Manifest,
  options: ApplyOptions,
): ApplyOutcome {
  const key = keyOf(info.namespaced ? target : withoutNamespace(target))
  const live = store.objects.get(keyText(key))
  checkPreconditions(key, live?.object, options.observed?.metadata ?? {})
  if (info.namespaced && !hasNamespace(store, key.namespace)) throw namespaceMissing(key.namespace)
  const { fieldManager: manager, force } = options
  const next = applyFields(key, live, target, { manager, force, time: timestamp(store) })
  if (options.dryRun === true) {
    const outcome = live === undefined ? 'created' : 'configured'
    return { outcome, object: shown(live === undefined ? stamp(store, key, live, next) : next) }
  }
  const object = writeObject(store, key, live, next)
  if (live === undefined) return { outcome: 'created', object }
  const before = options.observed?.metadata.resourceVersion
  const isSame = before !== undefined && before === object.metadata.resourceVersion
  return { outcome: isSame ? 'unchanged' : 'configured', object }
}

/** A write by somebody else than server-side apply; it may carry its own `managedFields`. */
export function updateObject(
  store: ObjectStore,
  key: ResourceKey,
  object: Manifest,
  by: { readonly manager: string; readonly subresource?: string },
): Manifest {
  const live = liveOf(store, key)
  const { managedFields, ...metadata } = object.metadata
  const managers = managedFields?.map(fromManagedFields) ?? live.managers
  const time = timestamp(store)
  const next = updateFields({ ...live, managers }, { ...object, metadata }, { ...by, time })
  const isHeld = (metadata.finalizers ?? []).length > 0
  if (metadata.deletionTimestamp === undefined || isHeld) return writeObject(store, key, live, next)
  dropObject(store, key)
  return shown(next)
}

/** Deletes, or marks as deleted while finalizers or, in the foreground, dependents are left. */
export function removeObject(
  store: ObjectStore,
  key: ResourceKey,
  propagation: RemoveOptions['propagation'],
): void {
  const live = liveOf(store, key)
  const finalizers = live.object.metadata.finalizers ?? []
  const waits = propagation === 'foreground' && dependentsOf(store, live.object).length > 0
  const more = waits && !finalizers.includes(FOREGROUND) ? [FOREGROUND] : []
  if (finalizers.length > 0 || waits) return mark(store, key, [...finalizers, ...more])
  dropObject(store, key)
  for (const dependent of dependentsOf(store, live.object)) {
    if (propagation === 'orphan') orphan(store, dependent, live.object)
    else removeObject(store, keyOf(dependent), propagation)
  }
}

/** What controllers do in time: workloads become ready or fail, deletions end. */
export function settleObjects(store: ObjectStore): void {
  for (const { object } of store.objects.values()) {
    const status = settledStatus(object, timestamp(store))
    const by = { manager: CONTROLLER, subresource: 'status' }
    if (status !== undefined) updateObject(store, keyOf(object), { ...object, status }, by)
  }
  for (const { object } of store.objects.values()) endDeletion(store, object)
}

function endDeletion(store: ObjectStore, object: Manifest): void {
  const { deletionTimestamp, finalizers = [] } = object.metadata
  if (deletionTimestamp === undefined || !finalizers.includes(FOREGROUND)) return
  for (const dependent of dependentsOf(store, object)) {
    removeObject(store, keyOf(dependent), 'foreground')
  }
  if (dependentsOf(store, object).length > 0) return
  const left = finalizers.filter((finalizer) => finalizer !== FOREGROUND)
  const metadata = { ...object.metadata, finalizers: left }
  updateObject(store, keyOf(object), { ...object, metadata }, { manager: CONTROLLER })
}

function mark(store: ObjectStore, key: ResourceKey, finalizers: readonly string[]): void {
  const live = liveOf(store, key)
  const deletionTimestamp = live.object.metadata.deletionTimestamp ?? timestamp(store)
  const metadata = { ...live.object.metadata, deletionTimestamp, finalizers }
  writeObject(store, key, live, { ...live, object: { ...live.object, metadata } })
}

function orphan(store: ObjectStore, dependent: Manifest, owner: Manifest): void {
  const ownerReferences = (dependent.metadata.ownerReferences ?? []).filter(
    ({ uid }) => uid !== owner.metadata.uid,
  )
  const metadata = { ...dependent.metadata, ownerReferences }
  updateObject(store, keyOf(dependent), { ...dependent, metadata }, { manager: CONTROLLER })
}

function liveOf(store: ObjectStore, key: ResourceKey): Stored {
  const live = store.objects.get(keyText(key))
  if (live === undefined) throw noSuchObject(key)
  return live
}

/** Namespaces that every cluster is born with. */
const BORN = ['default', 'kube-system', 'kube-public', 'kube-node-lease']

const hasNamespace = (store: ObjectStore, name: string): boolean =>
  BORN.includes(name) || store.objects.has(`/Namespace//${name}`)

function withoutNamespace(target: Manifest): Manifest {
  const { namespace: _namespace, ...metadata } = target.metadata
  return { ...target, metadata }
}
