import type { Manifest } from '../../lib/manifest/manifest.ts'
import { objectAt } from './kinds.ts'
import { deleteObject, FOREGROUND, ORPHAN } from './deletes.ts'
import { DEFINITIONS, type Registry } from './registry.ts'
import type { Store, StoreEvent } from './store.ts'

export interface GarbageContext {
  readonly store: Store
  readonly registry: Registry
  /** Epoch ms. */
  readonly now: () => number
}

/**
 * Deletes what nobody owns any more, and finishes deletions that wait for others: foreground,
 * orphaning, namespaces, definitions of custom resources. Returns how to stop it.
 */
export function collectGarbage(
  context: GarbageContext,
  onError: (error: unknown) => void,
): () => void {
  const { store } = context
  const dependents = indexDependents(store)
  const queue: StoreEvent[] = []
  let running: NodeJS.Immediate | undefined

  const drain = (): void => {
    running = undefined
    for (const event of queue.splice(0)) {
      try {
        handle(context, dependents, event)
      } catch (error) {
        onError(error)
      }
    }
  }
  const onEvent = (event: StoreEvent): void => {
    dependents.follow(event)
    queue.push(event)
    running ??= setImmediate(drain)
  }
  const unsubscribe = store.onEvent(onEvent)
  resume(context, onEvent)
  return () => {
    unsubscribe()
    if (running !== undefined) clearImmediate(running)
  }
}

/** Deletions that a restart interrupted. */
function resume({ store }: GarbageContext, onEvent: (event: StoreEvent) => void): void {
  for (const collection of store.collections()) {
    for (const object of store.list(collection, '')) {
      if (object.metadata.deletionTimestamp === undefined) continue
      onEvent({ type: 'MODIFIED', collection, revision: 0, object })
    }
  }
}

interface Dependents {
  follow(event: StoreEvent): void
  of(uid: string): readonly Manifest[]
}

/** Owned objects by the uid of each owner. */
function indexDependents(store: Store): Dependents {
  const byOwner = new Map<string, Map<string, Manifest>>()
  const uidsOf = (object: Manifest | undefined): readonly string[] =>
    (object?.metadata.ownerReferences ?? []).map(({ uid }) => uid)

  const follow = ({
    type,
    object,
    former,
  }: Pick<StoreEvent, 'type' | 'object' | 'former'>): void => {
    const { uid = '' } = object.metadata
    for (const owner of uidsOf(former)) byOwner.get(owner)?.delete(uid)
    if (type === 'DELETED') return
    for (const owner of uidsOf(object)) {
      const owned = byOwner.get(owner) ?? new Map<string, Manifest>()
      byOwner.set(owner, owned.set(uid, object))
    }
  }
  for (const collection of store.collections()) {
    for (const object of store.list(collection, '')) follow({ type: 'ADDED', object })
  }
  return { follow, of: (uid) => [...(byOwner.get(uid)?.values() ?? [])] }
}

function handle(context: GarbageContext, dependents: Dependents, event: StoreEvent): void {
  const { object, type } = event
  if (type === 'DELETED') {
    for (const owned of dependents.of(object.metadata.uid ?? ''))
      releaseFrom(context, owned, object)
    wakeWaiting(context, dependents, object)
    return
  }
  const live = current(context, object)
  if (live === undefined) return
  if (type === 'ADDED') return deleteIfAbandoned(context, live)
  if (live.metadata.deletionTimestamp !== undefined) finish(context, dependents, live)
}

const current = ({ store, registry }: GarbageContext, object: Manifest): Manifest | undefined => {
  const kind = kindOf(registry, object)
  if (kind === undefined) return undefined
  const { namespace = '', name = '', uid } = object.metadata
  const live = store.get(`${kind.group}/${kind.kind}`, namespace, name)
  return live?.metadata.uid === uid ? live : undefined
}

const kindOf = (registry: Registry, object: Manifest) => {
  const slash = object.apiVersion.indexOf('/')
  return registry.byKind(slash < 0 ? '' : object.apiVersion.slice(0, slash), object.kind)
}

function remove(context: GarbageContext, object: Manifest, propagation: string): void {
  const live = current(context, object)
  const kind = kindOf(context.registry, object)
  if (live === undefined || kind === undefined) return
  const { namespace = '', name = '' } = live.metadata
  const deletion = { propagation, uid: '', resourceVersion: '', dryRun: false, now: context.now() }
  deleteObject(context.store, kind, { namespace, name }, deletion)
}

/** An owner is gone: the object goes too, unless another owner is there. */
function releaseFrom(context: GarbageContext, owned: Manifest, gone: Manifest): void {
  const live = current(context, owned)
  if (live === undefined) return
  const others = (live.metadata.ownerReferences ?? []).filter(
    ({ uid }) => uid !== gone.metadata.uid,
  )
  if (others.length === 0) return remove(context, live, 'Background')
  context.store.put({ ...live, metadata: { ...live.metadata, ownerReferences: others } })
}

/** An object whose owners were gone before it came. */
function deleteIfAbandoned(context: GarbageContext, object: Manifest): void {
  const references = object.metadata.ownerReferences ?? []
  const { namespace = '' } = object.metadata
  const isThere = references.some(({ apiVersion, kind, name, uid }) => {
    const stub: Manifest = { apiVersion, kind, metadata: { name, uid, namespace } }
    const global: Manifest = { apiVersion, kind, metadata: { name, uid } }
    return current(context, stub) !== undefined || current(context, global) !== undefined
  })
  if (references.length > 0 && !isThere) remove(context, object, 'Background')
}

/** One more step of a deletion that waits for something. */
function finish(context: GarbageContext, dependents: Dependents, object: Manifest): void {
  const { store } = context
  const { finalizers = [], uid = '', name = '' } = object.metadata
  if (object.apiVersion === 'v1' && object.kind === 'Namespace')
    return finishNamespace(context, object)
  if (finalizers.includes(ORPHAN)) {
    for (const owned of dependents.of(uid)) orphan(context, owned, uid)
    return dropFinalizer(store, object, ORPHAN)
  }
  if (!finalizers.includes(FOREGROUND)) return
  const owned = dependents.of(uid).flatMap((dependent) => current(context, dependent) ?? [])
  for (const dependent of owned) {
    if (dependent.metadata.deletionTimestamp === undefined) remove(context, dependent, 'Foreground')
  }
  if (owned.every((dependent) => current(context, dependent) === undefined)) {
    dropFinalizer(store, object, FOREGROUND)
  }
  if (name === '') return
}

function orphan(context: GarbageContext, owned: Manifest, owner: string): void {
  const live = current(context, owned)
  if (live === undefined) return
  const ownerReferences = (live.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== owner)
  context.store.put({ ...live, metadata: { ...live.metadata, ownerReferences } })
}

function dropFinalizer(store: Store, object: Manifest, finalizer: string): void {
  const finalizers = (object.metadata.finalizers ?? []).filter((name) => name !== finalizer)
  const next = { ...object, metadata: { ...object.metadata, finalizers } }
  if (finalizers.length === 0) store.remove(next)
  else store.put(next)
}

function finishNamespace(context: GarbageContext, namespace: Manifest): void {
  const { store } = context
  const { name = '', finalizers = [] } = namespace.metadata
  const contents = () => store.collections().flatMap((kind) => store.list(kind, name))
  const scoped = contents().filter(({ metadata }) => metadata.namespace === name)
  for (const object of scoped) {
    if (object.metadata.deletionTimestamp === undefined) remove(context, object, 'Background')
  }
  const isEmpty = contents().every(({ metadata }) => metadata.namespace !== name)
  if (isEmpty && finalizers.length === 0) store.remove(namespace)
}

/** Something is gone; whoever waited for it may go on. */
function wakeWaiting(context: GarbageContext, dependents: Dependents, gone: Manifest): void {
  const { store } = context
  const { namespace = '', ownerReferences = [] } = gone.metadata
  const scope = namespace === '' ? undefined : store.get('/Namespace', '', namespace)
  if (scope?.metadata.deletionTimestamp !== undefined) finishNamespace(context, scope)
  for (const { apiVersion, kind, name, uid } of ownerReferences) {
    const stub: Manifest = { apiVersion, kind, metadata: { name, uid, namespace } }
    const owner = current(context, stub)
    if (owner?.metadata.deletionTimestamp !== undefined) finish(context, dependents, owner)
  }
  const isDefinition = gone.kind === DEFINITIONS.split('/')[1]
  if (isDefinition) removeInstances(context, gone)
}

/** A kind that is not served any more has no objects. */
function removeInstances({ store }: GarbageContext, definition: Manifest): void {
  const { group, names } = objectAt(definition, 'spec')
  const collection = `${group as string}/${objectAt(names)['kind'] as string}`
  for (const object of store.list(collection, '')) store.remove(object)
}
