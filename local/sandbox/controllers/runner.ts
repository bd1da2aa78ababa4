import type { Manifest } from '../../../lib/manifest/manifest.ts'
import { splitApiVersion } from '../../../lib/manifest/manifest.ts'
import type { Store, StoreEvent } from '../store.ts'

/** What controllers work with. They write to the store directly, as one trusted program. */
export interface ControllerContext {
  readonly store: Store
  /** Epoch ms. */
  readonly now: () => number
  readonly newUid: () => string
  /** How long a pod takes for each step of its life. */
  readonly podStepMs: number
  /** Looks at an object again after a while. */
  readonly later: (object: Manifest, delayMs: number) => void
}

export interface Controller {
  /** `group/Kind` of the objects it cares for. */
  readonly collection: string
  /** Brings the world nearer to what an object asks for; called again whenever either moves. */
  readonly reconcile: (context: ControllerContext, object: Manifest) => void
}

/** Objects looked at in one go, so that requests are answered in between. */
const BATCH = 50

interface Key {
  readonly collection: string
  readonly namespace: string
  readonly name: string
}

/** Runs controllers over all objects, and over each that changes, or whose child changes. */
export function runControllers(
  context: Omit<ControllerContext, 'later'>,
  controllers: readonly Controller[],
  onError: (error: unknown) => void,
): () => void {
  const byCollection = Map.groupBy(controllers, ({ collection }) => collection)
  const queue = new Map<string, Key>()
  const timers = new Set<NodeJS.Timeout>()
  let running: NodeJS.Immediate | undefined
  let isStopped = false

  const enqueue = (key: Key): void => {
    if (isStopped || !byCollection.has(key.collection)) return
    queue.set(`${key.collection} ${key.namespace}/${key.name}`, key)
    running ??= setImmediate(drain)
  }
  const later = (object: Manifest, delayMs: number): void => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      enqueue(keyOf(object))
    }, delayMs).unref()
    timers.add(timer)
  }
  const full: ControllerContext = { ...context, later }

  const drain = (): void => {
    running = undefined
    for (const [text, key] of [...queue].slice(0, BATCH)) {
      queue.delete(text)
      reconcile(key)
    }
    if (queue.size > 0) running ??= setImmediate(drain)
  }
  const reconcile = (key: Key): void => {
    for (const controller of byCollection.get(key.collection) ?? []) {
      const object = context.store.get(key.collection, key.namespace, key.name)
      if (object === undefined) return
      try {
        controller.reconcile(full, object)
      } catch (error) {
        onError(error)
      }
    }
  }

  const onEvent = ({ object, type }: StoreEvent): void => {
    if (type !== 'DELETED') enqueue(keyOf(object))
    const owner = object.metadata.ownerReferences?.find(({ controller }) => controller === true)
    if (owner === undefined) return
    const { group } = splitApiVersion(owner.apiVersion)
    const collection = `${group}/${owner.kind}`
    enqueue({ collection, namespace: object.metadata.namespace ?? '', name: owner.name })
  }
  for (const collection of byCollection.keys()) {
    for (const object of context.store.list(collection, '')) enqueue(keyOf(object))
  }
  const unsubscribe = context.store.onEvent(onEvent)
  return () => {
    isStopped = true
    unsubscribe()
    if (running !== undefined) clearImmediate(running)
    for (const timer of timers) clearTimeout(timer)
  }
}

const keyOf = (object: Manifest): Key => ({
  collection: `${splitApiVersion(object.apiVersion).group}/${object.kind}`,
  namespace: object.metadata.namespace ?? '',
  name: object.metadata.name ?? '',
})
