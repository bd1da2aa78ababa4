import type { Clock, Ids } from '../clock/port.ts'
import { ArgosyError, type Fault } from '../fault/fault.ts'
import { keyOf, keyText, type ResourceKey } from '../manifest/key.ts'
import { groupOf, type Manifest } from '../manifest/manifest.ts'
import { noSuchObject, notServed } from './memory-faults.ts'
import type { MemoryKind } from './memory-kinds.ts'
import { createObjectStore, type ObjectStore, serve, shown } from './memory-store.ts'
import { applyObject, removeObject, settleObjects, updateObject } from './memory-writes.ts'

/** What people, controllers and accidents do to a memory cluster. */
export interface MemoryServer {
  /** Serves a kind without a CustomResourceDefinition. */
  register(kind: MemoryKind): void
  read(key: ResourceKey): Manifest | undefined
  objects(): readonly Manifest[]
  /** Somebody edits a live object (manager `kubectl-edit`), preconditions or not. */
  edit(key: ResourceKey, mutate: (object: Manifest) => Manifest, manager?: string): Manifest
  /** Somebody creates an object by a plain write. */
  create(object: Manifest, manager?: string): Manifest
  deleteObject(key: ResourceKey): void
  /** Controllers do what they would do in time: workloads become ready, deletions end. */
  settle(): void
  /** Decides for every request whether it fails, before or after it took effect. */
  failWith(rule: (request: MemoryRequest) => RequestFault | undefined): void
  requests(): number
}

export interface MemoryRequest {
  readonly verb: 'version' | 'discover' | 'get' | 'list' | 'apply' | 'remove' | 'patch'
  readonly tenant: string
  readonly bearerToken: string | undefined
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

export interface RequestFault {
  readonly fault: Fault
  /** The write happens and its answer is lost. */
  readonly afterEffect?: boolean
}

export interface MemoryClustersOptions {
  readonly clock: Clock
  readonly ids: Ids
}

/** A server with the inside that its clusters need. */
export interface Server extends MemoryServer {
  readonly store: ObjectStore
  readonly request: <T>(request: MemoryRequest, effect: () => T) => Promise<T>
}

export function createServer(options: MemoryClustersOptions): Server {
  const store = createObjectStore(options)
  let rule: (request: MemoryRequest) => RequestFault | undefined = () => undefined
  let count = 0

  const read = (key: ResourceKey): Manifest | undefined => {
    const found = store.objects.get(keyText(key))
    return found === undefined ? undefined : shown(found)
  }
  return {
    store,
    read,
    register: (kind) => serve(store, [kind]),
    objects: () => [...store.objects.values()].map(shown),
    edit(key, mutate, manager = 'kubectl-edit') {
      const live = read(key)
      if (live === undefined) throw noSuchObject(key)
      return updateObject(store, key, mutate(live), { manager })
    },
    create: (object, manager = 'kubectl-create') => createObject(store, object, manager),
    deleteObject: (key) => removeObject(store, key, 'background'),
    settle: () => settleObjects(store),
    failWith: (next) => void (rule = next),
    requests: () => count,
    async request(request, effect) {
      count++
      const failure = rule(request)
      if (failure !== undefined && failure.afterEffect !== true) {
        throw new ArgosyError(failure.fault)
      }
      const result = effect()
      if (failure !== undefined) throw new ArgosyError(failure.fault)
      return result
    },
  }
}

/** A create is an update of nothing: every field belongs to its manager. */
function createObject(store: ObjectStore, object: Manifest, manager: string): Manifest {
  const group = groupOf(object)
  const info = store.kinds.find((each) => each.group === group && each.kind === object.kind)
  if (info === undefined) throw notServed()
  const { object: created } = applyObject(store, info, object, {
    fieldManager: manager,
    force: true,
  })
  const entry = created.metadata.managedFields?.map((each) => ({ ...each, operation: 'Update' }))
  const metadata = { ...created.metadata, managedFields: entry ?? [] }
  return updateObject(store, keyOf(created), { ...created, metadata }, { manager })
}
