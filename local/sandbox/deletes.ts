import type { Manifest } from '../../lib/manifest/manifest.ts'
import type { JsonObject } from '../../lib/std/json.ts'
import { toRfc3339 } from '../../lib/std/rfc3339.ts'
import { objectAt, type ServedKind, textAt } from './kinds.ts'
import { conflict, notFound } from './status.ts'
import type { Store } from './store.ts'

export const FOREGROUND = 'foregroundDeletion'
export const ORPHAN = 'orphan'

export interface Deletion {
  readonly propagation: string
  readonly uid: string
  readonly resourceVersion: string
  readonly dryRun: boolean
  /** Epoch ms. */
  readonly now: number
}

/** Options come in the body, or in the query as `kubectl delete --raw` sends them. */
export function readDeletion(body: JsonObject, query: URLSearchParams, now: number): Deletion {
  const preconditions = objectAt(body, 'preconditions')
  const dryRun = body['dryRun']
  const isOrphaning = body['orphanDependents'] === true
  const propagation = textAt(body, 'propagationPolicy') || query.get('propagationPolicy')
  return {
    propagation: isOrphaning ? 'Orphan' : (propagation ?? 'Background'),
    uid: textAt(preconditions, 'uid'),
    resourceVersion: textAt(preconditions, 'resourceVersion'),
    dryRun: query.get('dryRun') === 'All' || (Array.isArray(dryRun) && dryRun.includes('All')),
    now,
  }
}

export interface Deleted {
  readonly object: Manifest
  /** False while finalizers hold it. */
  readonly isGone: boolean
}

/** Deletes, or marks for deletion what finalizers hold. Throws 404 and 409. */
export function deleteObject(
  store: Store,
  kind: ServedKind,
  key: { readonly namespace: string; readonly name: string },
  deletion: Deletion,
): Deleted {
  const live = store.get(`${kind.group}/${kind.kind}`, key.namespace, key.name)
  if (live === undefined) throw notFound(kind, key.name)
  assertPreconditions(kind, live, deletion)
  const marked = markDeleted(live, deletion)
  const isHeld = (marked.metadata.finalizers ?? []).length > 0 || isNamespace(kind)
  if (deletion.dryRun) return { object: isHeld ? marked : live, isGone: !isHeld }
  if (!isHeld) return { object: store.remove(live), isGone: true }
  const isMarked = live.metadata.deletionTimestamp !== undefined
  return { object: isMarked ? live : store.put(marked), isGone: false }
}

const isNamespace = (kind: ServedKind): boolean => kind.group === '' && kind.kind === 'Namespace'

function assertPreconditions(kind: ServedKind, live: Manifest, deletion: Deletion): void {
  const name = live.metadata.name ?? ''
  const check = (title: string, wanted: string, found: string | undefined): void => {
    if (wanted === '' || wanted === found) return
    const cause = `Precondition failed: ${title} in precondition: ${wanted}, ${title} in object meta: ${found ?? ''}`
    throw conflict(kind, name, cause)
  }
  check('UID', deletion.uid, live.metadata.uid)
  check('ResourceVersion', deletion.resourceVersion, live.metadata.resourceVersion)
}

function markDeleted(live: Manifest, { propagation, now }: Deletion): Manifest {
  const added =
    propagation === 'Foreground' ? [FOREGROUND] : propagation === 'Orphan' ? [ORPHAN] : []
  const finalizers = [...new Set([...(live.metadata.finalizers ?? []), ...added])]
  const { generation } = live.metadata
  const status = live.kind === 'Namespace' ? { status: { phase: 'Terminating' } } : {}
  return {
    ...live,
    ...status,
    metadata: {
      ...live.metadata,
      ...(finalizers.length === 0 ? {} : { finalizers }),
      ...(generation === undefined ? {} : { generation: generation + 1 }),
      deletionTimestamp: toRfc3339(now),
      deletionGracePeriodSeconds: 0,
    },
  }
}
