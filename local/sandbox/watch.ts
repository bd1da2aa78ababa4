import type { Manifest } from '../../lib/manifest/manifest.ts'
import type { JsonObject } from '../../lib/std/json.ts'
import { type Presentation, presentObject } from './presentation.ts'
import { StatusError, statusOf } from './status.ts'
import type { Store, StoreEvent } from './store.ts'

export interface WatchRequest {
  readonly collection: string
  readonly namespace: string
  readonly matches: (object: Manifest) => boolean
  readonly presentation: Presentation
  /** Where to resume; empty or `0` begins with what is there. */
  readonly resourceVersion: string
  readonly allowBookmarks: boolean
  readonly sendInitialEvents: boolean
}

/** Events of a watch, in order, to `send`; the answer stops it. */
export function startWatch(
  store: Store,
  request: WatchRequest,
  send: (event: JsonObject) => void,
): () => void {
  const { resourceVersion, collection } = request
  const isFromNow = request.sendInitialEvents || resourceVersion === '' || resourceVersion === '0'
  const missed = isFromNow ? [] : store.eventsSince(Number(resourceVersion))
  if (missed === undefined) {
    const message = `too old resource version: ${resourceVersion} (${store.revision()})`
    send({ type: 'ERROR', object: statusOf(new StatusError(410, 'Expired', message)) })
    return () => undefined
  }

  const forward = (event: StoreEvent): void => {
    if (event.collection !== collection) return
    const shown = eventFor(event, request)
    if (shown !== undefined) send(shown)
  }
  if (isFromNow) {
    for (const object of store.list(collection, request.namespace).filter(request.matches)) {
      send({ type: 'ADDED', object: presentObject(object, request.presentation) })
    }
    if (request.sendInitialEvents) send(bookmark(request, store.revision(), INITIAL_END))
  }
  for (const event of missed) forward(event)
  return store.onEvent(forward)
}

const INITIAL_END = { annotations: { 'k8s.io/initial-events-end': 'true' } }

/** Tells a watcher how far it has seen, so that it may resume there although nothing came. */
export function bookmark(
  request: WatchRequest,
  revision: number,
  more: JsonObject = {},
): JsonObject {
  const { kind, apiVersion } = request.presentation.kind
  const isMetadata = request.presentation.form === 'metadata'
  const type = isMetadata
    ? { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' }
    : { kind, apiVersion }
  return {
    type: 'BOOKMARK',
    object: { ...type, metadata: { resourceVersion: String(revision), ...more } },
  }
}

/** An object that begins or ceases to match a selector comes and goes, for its watcher. */
function eventFor(event: StoreEvent, request: WatchRequest): JsonObject | undefined {
  const { object, former, type } = event
  if (request.namespace !== '' && object.metadata.namespace !== request.namespace) return undefined
  const did = former !== undefined && request.matches(former)
  const does = type !== 'DELETED' && request.matches(object)
  if (!did && !does) return undefined
  const shown = !does ? 'DELETED' : did ? 'MODIFIED' : 'ADDED'
  return { type: shown, object: presentObject(object, request.presentation) }
}
