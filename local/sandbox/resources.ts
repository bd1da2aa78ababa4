import { jsonPatch } from '../../lib/cluster/json-patch.ts'
import { ArgosyError } from '../../lib/fault/fault.ts'
import type { Manifest } from '../../lib/manifest/manifest.ts'
import { isObject, type JsonObject } from '../../lib/std/json.ts'
import { deleteObject, readDeletion } from './deletes.ts'
import type { ServedKind } from './kinds.ts'
import { type Pages, readLimit } from './lists.ts'
import { mergePatch } from './merge-patch.ts'
import { type Presentation, presentList, presentObject, readForm } from './presentation.ts'
import { type ApiAnswer, type ApiRequest, managerOf, ok, parseBody, readBody } from './request.ts'
import { scaleOf, withScale } from './scale.ts'
import { readSelector } from './selectors.ts'
import { noSuchPath, notFound, StatusError } from './status.ts'
import { bookmark, startWatch, type WatchRequest } from './watch.ts'
import {
  applyObject,
  createObject,
  updateObject,
  type WriteContext,
  type WriteTarget,
} from './writes.ts'

/** One kind of objects at one place; empty where the path does not say. */
export interface ResourcePath {
  readonly kind: ServedKind
  readonly namespace: string
  readonly name: string
  readonly subresource: string
}

export interface ResourceContext extends WriteContext {
  readonly pages: Pages
}

type Handler = (
  context: ResourceContext,
  path: ResourcePath,
  request: ApiRequest,
) => ApiAnswer | Promise<ApiAnswer>

const SUBRESOURCES = new Set(['', 'status', 'scale'])

/** Answers a request for objects. Throws `StatusError`. */
export async function serveResource(
  context: ResourceContext,
  path: ResourcePath,
  request: ApiRequest,
): Promise<ApiAnswer> {
  const { hasStatus, hasScale } = path.kind
  const isServed =
    SUBRESOURCES.has(path.subresource) &&
    (path.subresource !== 'status' || hasStatus) &&
    (path.subresource !== 'scale' || hasScale)
  const handler = (path.name === '' ? COLLECTION : OBJECT)[request.method]
  if (!isServed) throw noSuchPath()
  if (handler === undefined) {
    throw new StatusError(
      405,
      'MethodNotAllowed',
      'the server does not allow this method on the requested resource',
    )
  }
  return handler(context, path, request)
}

const COLLECTION: Readonly<Record<string, Handler>> = {
  GET: (context, path, request) =>
    isTrue(request.query.get('watch'))
      ? watch(context, path, request)
      : list(context, path, request),
  async POST(context, path, request) {
    const body = readBody(request)
    const object = await createObject(context, targetOf(path, request), body)
    return present(context, path, request, { object, status: 201 })
  },
  DELETE: deleteCollection,
}

const OBJECT: Readonly<Record<string, Handler>> = {
  GET(context, path, request) {
    if (isTrue(request.query.get('watch'))) return watch(context, path, request)
    return present(context, path, request, { object: liveOf(context, path), status: 200 })
  },
  async PUT(context, path, request) {
    const body = readBody(request)
    const change = (live: Manifest): JsonObject =>
      path.subresource === 'scale' ? withScale(live, body) : body
    const object = await updateObject(context, targetOf(path, request), change)
    return present(context, path, request, { object, status: 200 })
  },
  PATCH: patch,
  DELETE(context, path, request) {
    const body = request.body === '' ? {} : readBody(request)
    const deletion = readDeletion(body, request.query, context.now())
    const { object, isGone } = deleteObject(context.store, path.kind, path, deletion)
    return ok(isGone ? deletedStatus(path.kind, object) : object)
  },
}

const isTrue = (value: string | null): boolean => value === 'true' || value === '1'

const targetOf = (path: ResourcePath, request: ApiRequest): WriteTarget => ({
  ...path,
  manager: managerOf(request),
  dryRun: request.query.get('dryRun') === 'All',
  strict: request.query.get('fieldValidation') === 'Strict',
})

function liveOf({ store }: ResourceContext, { kind, namespace, name }: ResourcePath): Manifest {
  const live = store.get(`${kind.group}/${kind.kind}`, namespace, name)
  if (live === undefined) throw notFound(kind, name)
  return live
}

const presentationOf = (
  context: ResourceContext,
  { kind }: ResourcePath,
  { accept, query }: ApiRequest,
): Presentation => ({
  form: readForm(accept),
  kind,
  now: context.now(),
  includeObject: query.get('includeObject') ?? 'Metadata',
})

function present(
  context: ResourceContext,
  path: ResourcePath,
  request: ApiRequest,
  { object, status }: { readonly object: Manifest; readonly status: number },
): ApiAnswer {
  if (path.subresource === 'scale') return ok(scaleOf(object), status)
  return ok(presentObject(object, presentationOf(context, path, request)), status)
}

function selected(context: ResourceContext, path: ResourcePath, request: ApiRequest) {
  const { kind, namespace } = path
  const matches = readSelector(request.query)
  return context.store.list(`${kind.group}/${kind.kind}`, namespace).filter(matches)
}

function list(context: ResourceContext, path: ResourcePath, request: ApiRequest): ApiAnswer {
  const limit = readLimit(request.query)
  const continuation = request.query.get('continue') ?? ''
  const revision = String(context.store.revision())
  const page =
    continuation === ''
      ? context.pages.first(selected(context, path, request), revision, limit)
      : context.pages.next(continuation, limit)
  return ok(presentList(page, presentationOf(context, path, request)))
}

/** A watch that names no timeout ends after this; clients then resume. */
const WATCH_TIMEOUT_MS = 30 * 60_000

function watch(context: ResourceContext, path: ResourcePath, request: ApiRequest): ApiAnswer {
  const { query } = request
  const { kind, namespace, name } = path
  const isSelected = readSelector(query)
  const wanted: WatchRequest = {
    collection: `${kind.group}/${kind.kind}`,
    namespace,
    matches: (object) => (name === '' || object.metadata.name === name) && isSelected(object),
    presentation: presentationOf(context, path, request),
    resourceVersion: query.get('resourceVersion') ?? '',
    allowBookmarks: isTrue(query.get('allowWatchBookmarks')),
    sendInitialEvents: isTrue(query.get('sendInitialEvents')),
  }
  const seconds = Number(query.get('timeoutSeconds') ?? 0)
  return {
    watch: (send) => startWatch(context.store, wanted, send),
    timeoutMs: seconds > 0 ? seconds * 1000 : WATCH_TIMEOUT_MS,
    ...(wanted.allowBookmarks
      ? { bookmark: () => bookmark(wanted, context.store.revision()) }
      : {}),
  }
}

function deleteCollection(
  context: ResourceContext,
  path: ResourcePath,
  request: ApiRequest,
): ApiAnswer {
  const body = request.body === '' ? {} : readBody(request)
  const deletion = readDeletion(body, request.query, context.now())
  const items = selected(context, path, request).map((live) => {
    const { namespace = '', name = '' } = live.metadata
    return deleteObject(context.store, path.kind, { namespace, name }, deletion).object
  })
  const revision = String(context.store.revision())
  return ok(
    presentList(context.pages.first(items, revision, 0), presentationOf(context, path, request)),
  )
}

const deletedStatus = (kind: ServedKind, { metadata }: Manifest): JsonObject => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  details: {
    name: metadata.name,
    ...(kind.group === '' ? {} : { group: kind.group }),
    kind: kind.resource,
    uid: metadata.uid,
  },
})

async function patch(
  context: ResourceContext,
  path: ResourcePath,
  request: ApiRequest,
): Promise<ApiAnswer> {
  const target = targetOf(path, request)
  const type = request.contentType.split(';', 1)[0]?.trim() ?? ''
  if (type === 'application/apply-patch+yaml') {
    if (path.subresource === 'scale') throw noSuchPath()
    const options = { patch: readBody(request), force: isTrue(request.query.get('force')) }
    const { object, isCreated } = await applyObject(context, target, options)
    return present(context, path, request, { object, status: isCreated ? 201 : 200 })
  }
  const change = await readPatch(context, type, request)
  const object = await updateObject(context, target, async (live) =>
    path.subresource === 'scale'
      ? withScale(live, await change(scaleOf(live) as Manifest))
      : change(live),
  )
  return present(context, path, request, { object, status: 200 })
}

async function readPatch(
  { fields }: ResourceContext,
  type: string,
  request: ApiRequest,
): Promise<(live: Manifest) => JsonObject | Promise<JsonObject>> {
  const body = parseBody(request)
  if (type === 'application/json-patch+json' && Array.isArray(body)) {
    return (live) => jsonPatched(live, body.filter(isObject))
  }
  if (isObject(body) && type === 'application/merge-patch+json') {
    return (live) => mergePatch(live, body)
  }
  if (isObject(body) && type === 'application/strategic-merge-patch+json') {
    return (live) => fields.strategicMerge(live, body)
  }
  throw new StatusError(415, 'UnsupportedMediaType', `the patch type ${type} is not supported`)
}

function jsonPatched(live: Manifest, operations: readonly JsonObject[]): JsonObject {
  try {
    return jsonPatch(live, operations)
  } catch (error) {
    if (!(error instanceof ArgosyError) || error.fault.code !== 'KubernetesError') throw error
    throw new StatusError(error.fault.status, error.fault.reason, error.message)
  }
}
