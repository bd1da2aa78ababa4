import type { Clock, Ids } from '../clock/port.ts'
import { keyOf, keyText, type ResourceKey } from '../manifest/key.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { jsonEqual } from '../std/json.ts'
import { movesGeneration, type Stored } from './memory-apply.ts'
import { notServed } from './memory-faults.ts'
import { toManagedFields } from './memory-fields.ts'
import { BUILT_IN_KINDS, kindsOfDefinition, type MemoryKind } from './memory-kinds.ts'

/** The objects of one memory cluster. */
export interface ObjectStore {
  readonly kinds: MemoryKind[]
  readonly objects: Map<string, Stored>
  readonly clock: Clock
  readonly ids: Ids
  /** The last `resourceVersion` given. */
  revision: number
}

export function createObjectStore(options: Pick<ObjectStore, 'clock' | 'ids'>): ObjectStore {
  return { ...options, kinds: [...BUILT_IN_KINDS], objects: new Map(), revision: 100 }
}

/** An object as `get` answers it. */
export const shown = ({ object, managers }: Stored): Manifest => ({
  ...object,
  metadata: { ...object.metadata, managedFields: managers.map(toManagedFields) },
})

/** Stores what changed under a new `resourceVersion`, or leaves everything as it is. */
export function writeObject(
  store: ObjectStore,
  key: ResourceKey,
  live: Stored | undefined,
  next: Stored,
): Manifest {
  if (live !== undefined && jsonEqual(shown(live), shown(next))) return shown(live)
  store.revision++
  const stored = stamp(store, key, live, next)
  store.objects.set(keyText(key), stored)
  if (key.kind === 'CustomResourceDefinition') serve(store, kindsOfDefinition(stored.object))
  return shown(stored)
}

/** The same object with the metadata that the server gives. */
export function stamp(
  store: ObjectStore,
  key: ResourceKey,
  live: Stored | undefined,
  next: Stored,
): Stored {
  const before = live?.object.metadata
  const kind = store.kinds.find((each) => each.group === key.group && each.kind === key.kind)
  if (kind === undefined) throw notServed()
  const moves = live === undefined || movesGeneration(live.object, next.object)
  const metadata = {
    ...next.object.metadata,
    uid: before?.uid ?? store.ids.next(),
    creationTimestamp: before?.creationTimestamp ?? timestamp(store),
    resourceVersion: String(store.revision),
    ...(kind.hasGeneration ? { generation: (before?.generation ?? 0) + (moves ? 1 : 0) } : {}),
  }
  return { ...next, object: { ...next.object, metadata } }
}

/** Serves more kinds; one that is served already is replaced. */
export function serve(store: ObjectStore, kinds: readonly MemoryKind[]): void {
  for (const kind of kinds) {
    const same = store.kinds.findIndex(
      (each) =>
        each.group === kind.group && each.version === kind.version && each.kind === kind.kind,
    )
    if (same < 0) store.kinds.push(kind)
    else store.kinds[same] = kind
  }
}

/** Takes an object away, and with a namespace everything in it. */
export function dropObject(store: ObjectStore, key: ResourceKey): void {
  store.revision++
  store.objects.delete(keyText(key))
  if (key.kind !== 'Namespace') return
  for (const { object } of store.objects.values()) {
    if (object.metadata.namespace === key.name) dropObject(store, keyOf(object))
  }
}

export const dependentsOf = (store: ObjectStore, owner: Manifest): readonly Manifest[] =>
  [...store.objects.values()]
    .map(shown)
    .filter(({ metadata }) =>
      (metadata.ownerReferences ?? []).some(({ uid }) => uid === owner.metadata.uid),
    )

/** As Kubernetes writes times: whole seconds. */
export const timestamp = ({ clock }: Pick<ObjectStore, 'clock'>): string =>
  `${new Date(clock.now()).toISOString().slice(0, 19)}Z`
