import type { Manifest } from '../../lib/manifest/manifest.ts'
import type { Json, JsonObject } from '../../lib/std/json.ts'
import { assertNamespace } from './admission.ts'
import { withDefaults } from './defaults.ts'
import type { Fields, FieldWrite } from './fields.ts'
import { objectAt, type ServedKind, textAt } from './kinds.ts'
import { asChangedObject, asNewObject, isSame } from './new-object.ts'
import { alreadyExists, badRequest, conflict, MODIFIED, notFound } from './status.ts'
import type { Store } from './store.ts'
import { validateChange, validateNew } from './validation.ts'

/** Where a write goes, and on whose behalf. */
export interface WriteTarget {
  readonly kind: ServedKind
  readonly namespace: string
  readonly name: string
  readonly subresource: string
  readonly manager: string
  readonly dryRun: boolean
  readonly strict: boolean
}

export interface Written {
  readonly object: Manifest
  readonly isCreated: boolean
}

export interface WriteContext {
  readonly store: Store
  readonly fields: Fields
  /** Epoch ms. */
  readonly now: () => number
  readonly newUid: () => string
}

/** Somebody else may write between our reading and writing; we read again, but not for ever. */
const ATTEMPTS_MAX = 20

export async function createObject(
  context: WriteContext,
  target: WriteTarget,
  body: JsonObject,
): Promise<Manifest> {
  const draft = readBody(target, body)
  if (textAt(body, 'metadata', 'resourceVersion') !== '') {
    throw badRequest('resourceVersion should not be set on objects to be created')
  }
  const { managedFields: _fields, ...metadata } = draft.metadata
  const named = { ...draft, metadata: { ...metadata, name: nameOf(context, draft) } }
  const object = asNewObject(target.kind, named, stampOf(context))
  assertNamespace(context.store, target.kind, object)
  const { kind, namespace } = target
  const isTaken = (): boolean =>
    context.store.get(`${kind.group}/${kind.kind}`, namespace, object.metadata.name ?? '') !==
    undefined
  if (isTaken()) throw alreadyExists(kind, object.metadata.name ?? '')
  const written = await context.fields.update({
    ...fieldWrite(target, undefined),
    object,
    strict: target.strict,
  })
  const created = asCreated(context, target, written)
  if (isTaken()) throw alreadyExists(kind, object.metadata.name ?? '')
  return target.dryRun ? created : context.store.put(created)
}

/** Validates, and lets the parts of the server that complete a new object do so. */
function asCreated(context: WriteContext, { kind }: WriteTarget, written: Manifest): Manifest {
  const { uid, creationTimestamp } = written.metadata
  const stamp =
    uid === undefined || typeof creationTimestamp !== 'string'
      ? stampOf(context)
      : { uid, now: Date.parse(creationTimestamp) }
  const object = asNewObject(kind, written, stamp)
  validateNew(kind, object)
  return object
}

const stampOf = ({ now, newUid }: WriteContext) => ({ uid: newUid(), now: now() })

const GENERATED_LENGTH = 5

function nameOf({ newUid }: WriteContext, { metadata }: Manifest): string {
  const { name = '', generateName = '' } = metadata
  if (name !== '' || generateName === '') return name
  return generateName + newUid().replaceAll('-', '').slice(0, GENERATED_LENGTH)
}

/** Server-side apply: creates or changes, under the preconditions that the patch carries. */
export async function applyObject(
  context: WriteContext,
  target: WriteTarget,
  { patch, force }: { readonly patch: JsonObject; readonly force: boolean },
): Promise<Written> {
  const body = readBody(target, patch)
  const { uid, resourceVersion, ...metadata } = body.metadata
  if (metadata.name !== target.name) throw badRequest(nameMismatch(metadata.name, target.name))
  const applied = { ...body, metadata }

  return guarded(context, target, async (live) => {
    assertPreconditions(target, live, { uid, resourceVersion })
    if (live === undefined && target.subresource !== '') throw notFound(target.kind, target.name)
    if (live === undefined) assertNamespace(context.store, target.kind, applied)
    const write = { ...fieldWrite(target, live), patch: applied, force }
    const merged = await context.fields.apply(write)
    return live === undefined
      ? asCreated(context, target, merged)
      : asChangedObject(target.kind, live, { next: merged, subresource: target.subresource })
  })
}

/** A write that states the whole object, made from the live one: PUT, and patches other than apply. */
export async function updateObject(
  context: WriteContext,
  target: WriteTarget,
  change: (live: Manifest) => JsonObject | Promise<JsonObject>,
): Promise<Manifest> {
  const { object } = await guarded(context, target, async (live) => {
    if (live === undefined) throw notFound(target.kind, target.name)
    const body = readBody(target, await change(live))
    const { uid, resourceVersion } = body.metadata
    assertPreconditions(target, live, { uid, resourceVersion })
    const wanted = asChangedObject(target.kind, live, {
      next: body,
      subresource: target.subresource,
    })
    const managedFields = body.metadata.managedFields ?? []
    const object = withDefaults({ ...wanted, metadata: { ...wanted.metadata, managedFields } })
    const next = await context.fields.update({
      ...fieldWrite(target, live),
      object,
      strict: target.strict,
    })
    return asChangedObject(target.kind, live, { next, subresource: target.subresource })
  })
  return object
}

async function guarded(
  { store }: WriteContext,
  target: WriteTarget,
  compute: (live: Manifest | undefined) => Promise<Manifest>,
): Promise<Written> {
  const { kind, namespace, name } = target
  const read = (): Manifest | undefined => store.get(`${kind.group}/${kind.kind}`, namespace, name)
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const live = read()
    const next = await compute(live)
    if (read() !== live) continue
    return commit(store, target, live, next)
  }
  throw conflict(kind, name, MODIFIED)
}

function commit(
  store: Store,
  { kind, dryRun }: WriteTarget,
  live: Manifest | undefined,
  next: Manifest,
): Written {
  if (live === undefined) return { object: dryRun ? next : store.put(next), isCreated: true }
  if (isSame(live, next)) return { object: live, isCreated: false }
  validateChange(kind, live, next)
  if (dryRun) return { object: next, isCreated: false }
  const isGone =
    next.metadata.deletionTimestamp !== undefined &&
    (next.metadata.finalizers ?? []).length === 0 &&
    !(kind.group === '' && kind.kind === 'Namespace')
  return { object: isGone ? store.remove(next) : store.put(next), isCreated: false }
}

function assertPreconditions(
  { kind, name }: WriteTarget,
  live: Manifest | undefined,
  wanted: { readonly uid: string | undefined; readonly resourceVersion: string | undefined },
): void {
  const { uid, resourceVersion } = wanted
  if (uid !== undefined && uid !== '' && uid !== live?.metadata.uid) {
    const cause = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${live?.metadata.uid ?? ''}`
    throw conflict(kind, name, cause)
  }
  const isStale =
    live !== undefined &&
    resourceVersion !== undefined &&
    resourceVersion !== '' &&
    resourceVersion !== live.metadata.resourceVersion
  if (isStale) throw conflict(kind, name, MODIFIED)
}

const fieldWrite = (
  { kind, manager, subresource }: WriteTarget,
  live: Manifest | undefined,
): FieldWrite => ({
  live,
  manager,
  subresource,
  resetFields:
    subresource === 'status'
      ? [['spec']]
      : kind.hasStatus && subresource === ''
        ? [['status']]
        : [],
})

const nameMismatch = (inBody: string | undefined, inUrl: string): string =>
  `the name of the object (${inBody ?? ''}) does not match the name on the URL (${inUrl})`

/** The body as an object of the kind that the URL names, in its namespace. */
function readBody({ kind, namespace, name }: WriteTarget, body: JsonObject): Manifest {
  const apiVersion = body['apiVersion'] ?? kind.apiVersion
  const ownKind = body['kind'] ?? kind.kind
  if (ownKind !== kind.kind || apiVersion !== kind.apiVersion) {
    const got = `${text(apiVersion)}, Kind=${text(ownKind)}`
    throw badRequest(
      `the API version in the data (${got}) does not match the expected API version (${kind.apiVersion}, Kind=${kind.kind})`,
    )
  }
  const metadata = objectAt(body, 'metadata')
  const inBody = textAt(metadata, 'namespace')
  if (kind.namespaced && inBody !== '' && inBody !== namespace) {
    throw badRequest(
      'the namespace of the provided object does not match the namespace sent on the request',
    )
  }
  const ownName = textAt(metadata, 'name')
  if (name !== '' && ownName !== '' && ownName !== name)
    throw badRequest(nameMismatch(ownName, name))
  const { namespace: _namespace, ...rest } = metadata
  const scope = kind.namespaced ? { namespace } : {}
  return {
    ...body,
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    metadata: { ...rest, ...(name === '' ? {} : { name }), ...scope },
  }
}

const text = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value))
