import { createHash } from 'node:crypto'
import {
  type Manifest,
  type OwnerReference,
  splitApiVersion,
} from '../../../lib/manifest/manifest.ts'
import { canonicalJson, type Json, jsonEqual, type JsonObject } from '../../../lib/std/json.ts'
import { toRfc3339 } from '../../../lib/std/rfc3339.ts'
import { BUILT_IN_KINDS, objectAt, objectsAt, textAt } from '../kinds.ts'
import { asNewObject } from '../new-object.ts'
import type { ControllerContext } from './runner.ts'

export const NODE_NAME = 'sandbox-node'

/** Objects of a kind that `owner` controls, and that are not on their way out. */
export const childrenOf = (
  { store }: ControllerContext,
  owner: Manifest,
  collection: string,
): readonly Manifest[] =>
  store
    .list(collection, owner.metadata.namespace ?? '')
    .filter(
      ({ metadata }) =>
        metadata.deletionTimestamp === undefined &&
        metadata.ownerReferences?.some(
          ({ uid, controller }) => controller === true && uid === owner.metadata.uid,
        ) === true,
    )

/** Creates an object that `owner` controls; nothing when the name is taken. */
export function createChild(context: ControllerContext, owner: Manifest, draft: Manifest): void {
  const { namespace = '' } = owner.metadata
  createFree(context, {
    ...draft,
    metadata: { ...draft.metadata, namespace, ownerReferences: [referenceTo(owner)] },
  })
}

/** Creates an object that belongs to nobody; nothing when the name is taken. */
export function createFree(context: ControllerContext, draft: Manifest): void {
  const { group } = splitApiVersion(draft.apiVersion)
  const kind = BUILT_IN_KINDS.find((known) => known.group === group && known.kind === draft.kind)
  const { namespace = '', name = '' } = draft.metadata
  if (kind === undefined || context.store.get(`${group}/${draft.kind}`, namespace, name)) return
  const stamp = { uid: context.newUid(), now: context.now() }
  context.store.put(asNewObject(kind, draft, stamp))
}

const referenceTo = (owner: Manifest): OwnerReference => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  name: owner.metadata.name ?? '',
  uid: owner.metadata.uid ?? '',
  controller: true,
  blockOwnerDeletion: true,
})

/** A pod made from an owner's template. */
export function podOf(
  owner: Manifest,
  name: string,
  { labels = {}, spec = {} }: { readonly labels?: JsonObject; readonly spec?: JsonObject } = {},
): Manifest {
  const template = objectAt(owner, 'spec', 'template')
  const annotations = objectAt(template, 'metadata', 'annotations')
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      labels: { ...objectAt(template, 'metadata', 'labels'), ...labels } as Record<string, string>,
      ...(Object.keys(annotations).length === 0
        ? {}
        : { annotations: annotations as Record<string, string> }),
    },
    spec: {
      serviceAccountName: 'default',
      ...objectAt(template, 'spec'),
      nodeName: NODE_NAME,
      ...spec,
    },
  }
}

export const randomSuffix = ({ newUid }: ControllerContext): string =>
  newUid().replaceAll('-', '').slice(0, 5)

const HASH_LENGTH = 10

/** Names a template by its content: the same template, the same name. */
export const templateHash = (object: Manifest): string =>
  createHash('sha256')
    .update(canonicalJson(objectAt(object, 'spec', 'template')))
    .digest('hex')
    .slice(0, HASH_LENGTH)

/** Writes the status, if it says anything new. */
export function writeStatus(
  context: ControllerContext,
  object: Manifest,
  status: JsonObject,
): void {
  const { group } = splitApiVersion(object.apiVersion)
  const { namespace = '', name = '' } = object.metadata
  const live = context.store.get(`${group}/${object.kind}`, namespace, name)
  const isSame = live !== undefined && jsonEqual(live['status'], status)
  if (live === undefined || live.metadata.uid !== object.metadata.uid || isSame) return
  context.store.put({ ...live, status })
}

export const isReady = (pod: Manifest): boolean =>
  objectsAt(pod, 'status', 'conditions').some(
    ({ type, status }) => type === 'Ready' && status === 'True',
  )

/** Numbers of a status: zeros are left out where a real server leaves them out. */
export const withoutZeros = (counts: Readonly<Record<string, number>>): JsonObject =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0))

export interface Condition {
  readonly type: string
  readonly status: 'True' | 'False'
  readonly reason: string
  readonly message: string
}

/** A condition keeps the time of its last transition until its status changes. */
export function conditionOf(object: Manifest, wanted: Condition, now: number): JsonObject {
  const former = objectsAt(object, 'status', 'conditions').find(({ type }) => type === wanted.type)
  const time: Json = toRfc3339(now)
  const isSame = (['status', 'reason', 'message'] as const).every(
    (field) => former?.[field] === wanted[field],
  )
  const kept = former?.['status'] === wanted.status ? textAt(former, 'lastTransitionTime') : ''
  return {
    ...wanted,
    lastTransitionTime: kept === '' ? time : kept,
    lastUpdateTime: (isSame ? former?.['lastUpdateTime'] : undefined) ?? time,
  }
}
