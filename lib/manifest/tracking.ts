import { isCustomResourceDefinition } from './kinds.ts'
import { keyOf, type ResourceKey } from './key.ts'
import { annotation, groupOf, type Manifest } from './manifest.ts'

/**
 * Marks by which a live object says which Application it belongs to (Argo CD 1.3). They stand on
 * objects in clusters: change one, and every deployed object becomes a stranger that is neither
 * compared nor pruned; Argo CD would no longer recognise them either.
 */
export const TRACKING_ANNOTATION = 'argocd.argoproj.io/tracking-id'

export interface TrackingId {
  readonly app: string
  readonly key: ResourceKey
}

/** `<app>:<group>/<Kind>:<namespace>/<name>`. */
export const trackingId = (app: string, key: ResourceKey): string =>
  `${app}:${key.group}/${key.kind}:${key.namespace}/${key.name}`

/** Reads a tracking id; `undefined` if the text is none. Names may hold colons (`system:node`). */
export function parseTrackingId(text: string): TrackingId | undefined {
  const match = /^([^:]+):([^:/]*)\/([^:/]+):([^/]*)\/(.+)$/.exec(text)
  if (match === null) return undefined
  const [, app = '', group = '', kind = '', namespace = '', name = ''] = match
  return { app, key: { group, kind, namespace, name } }
}

/**
 * The manifest with the mark of an Application. CustomResourceDefinitions get none, so that one
 * that disappears from Git is never pruned together with all its objects (Argo CD 6.3-2).
 * `namespace` is the Application's own: like Argo CD, the id of a cluster-scoped object names it.
 */
export function withTracking(manifest: Manifest, app: string, namespace = ''): Manifest {
  const key = keyOf(manifest)
  if (isCustomResourceDefinition(key.group, key.kind)) return manifest
  const id = trackingId(app, { ...key, namespace: key.namespace || namespace })
  const annotations = { ...manifest.metadata.annotations, [TRACKING_ANNOTATION]: id }
  return { ...manifest, metadata: { ...manifest.metadata, annotations } }
}

/**
 * The Application that a live object belongs to. A mark counts only on the very object it names:
 * controllers copy annotations to what they create (Argo CD 1.3, 6.5).
 */
export function trackingAppOf(live: Manifest): string | undefined {
  const id = parseTrackingId(annotation(live, TRACKING_ANNOTATION) ?? '')
  return id !== undefined && names(id.key, live) ? id.app : undefined
}

export const isOwnedBy = (live: Manifest, app: string): boolean => trackingAppOf(live) === app

function names(key: ResourceKey, live: Manifest): boolean {
  const own = keyOf(live)
  return (
    key.group === groupOf(live) &&
    key.kind === own.kind &&
    key.name === own.name &&
    // A cluster-scoped object has no namespace to compare.
    (own.namespace === '' || key.namespace === own.namespace)
  )
}

/**
 * Proof that an object may be deleted for an Application (law 7): its mark on that very object, and
 * no controller that owns it and would make it anew.
 */
export const isProvenOwn = (live: Manifest, app: string): boolean =>
  isOwnedBy(live, app) &&
  !(live.metadata.ownerReferences ?? []).some((owner) => owner.controller === true)
