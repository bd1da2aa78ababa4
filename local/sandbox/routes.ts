import type { JsonObject } from '../../lib/std/json.ts'
import { type Access, assertTrusted } from './access.ts'
import {
  AGGREGATED_TYPE,
  aggregatedDiscovery,
  CORE_VERSIONS,
  groupList,
  groupOfName,
  resourceList,
} from './discovery.ts'
import { openApiIndex, openApiOf } from './openapi.ts'
import type { Registry } from './registry.ts'
import { type ApiAnswer, type ApiRequest, ok, readBody } from './request.ts'
import { type ResourceContext, type ResourcePath, serveResource } from './resources.ts'
import { noSuchPath, notFound } from './status.ts'

export interface RouteContext extends ResourceContext {
  readonly registry: Registry
  readonly access: Access
}

/** What anybody may ask, to see whether a server is there and which. */
export function servePublic(path: string): ApiAnswer | undefined {
  if (/^\/(livez|readyz|healthz)(\/|$)/.test(path)) {
    return { status: 200, body: 'ok', contentType: 'text/plain' }
  }
  return path === '/version' ? ok(VERSION) : undefined
}

export const GIT_VERSION = 'v1.35.0-argosy-sandbox'

const VERSION: JsonObject = {
  major: '1',
  minor: '35',
  gitVersion: GIT_VERSION,
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: 'none',
  compiler: 'none',
  platform: 'argosy/sandbox',
}

/** Answers a request of a known user. Throws `StatusError`. */
export async function serveApi(context: RouteContext, request: ApiRequest): Promise<ApiAnswer> {
  const segments = request.path.split('/').slice(1).map(decodeURIComponent)
  const trimmed = segments.at(-1) === '' ? segments.slice(0, -1) : segments
  const document = serveDocument(context, request, trimmed)
  if (document !== undefined) return document

  const [root, ...rest] = trimmed
  const [group, version, ...path] = root === 'api' ? ['', ...rest] : root === 'apis' ? rest : []
  if (group === undefined || version === undefined) throw noSuchPath()
  const review = serveReview(group, path, request)
  if (review !== undefined) return review
  const found = readResourcePath(context.registry, { group, version, path })
  assertTrusted(request.user, VERBS[request.method] ?? 'get', found.kind.resource)
  return serveSpecial(context, found, request) ?? serveResource(context, found, request)
}

const VERBS: Readonly<Record<string, string>> = {
  GET: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
}

function serveDocument(
  { registry }: RouteContext,
  { accept, method }: ApiRequest,
  segments: readonly string[],
): ApiAnswer | undefined {
  const [root, first, second, ...more] = segments
  const kinds = registry.all()
  const isAggregated = accept.includes('g=apidiscovery.k8s.io;v=v2;')
  const answer = (body: JsonObject | undefined): ApiAnswer => {
    if (body === undefined || method !== 'GET') throw noSuchPath()
    return ok(body)
  }
  if ((root === 'api' || root === 'apis') && first === undefined) {
    if (isAggregated) {
      const body = aggregatedDiscovery(kinds, root === 'api')
      return { status: 200, body, contentType: AGGREGATED_TYPE }
    }
    return answer(root === 'api' ? CORE_VERSIONS : groupList(kinds))
  }
  if (root === 'api' && second === undefined) return answer(resourceList(kinds, '', first ?? ''))
  if (root === 'apis' && second === undefined) return answer(groupOfName(kinds, first ?? ''))
  if (root === 'apis' && more.length === 0) {
    return answer(resourceList(kinds, first ?? '', second ?? ''))
  }
  if (root !== 'openapi' || first !== 'v3') return undefined
  if (second === undefined) return answer(openApiIndex(kinds))
  return answer(openApiOf(kinds, [second, ...more].join('/')))
}

/** Questions about the asking user, which leave no object behind. */
function serveReview(
  group: string,
  [resource]: readonly string[],
  request: ApiRequest,
): ApiAnswer | undefined {
  if (request.method !== 'POST') return undefined
  const allowed = request.user.isTrusted
  if (group === 'authorization.k8s.io' && resource === 'selfsubjectaccessreviews') {
    return ok({ ...readBody(request), status: { allowed } }, 201)
  }
  if (group === 'authorization.k8s.io' && resource === 'selfsubjectrulesreviews') {
    const rule = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] }
    const rules = { resourceRules: allowed ? [rule] : [], nonResourceRules: [], incomplete: false }
    return ok({ ...readBody(request), status: rules }, 201)
  }
  if (group === 'authentication.k8s.io' && resource === 'selfsubjectreviews') {
    const userInfo = { username: request.user.name }
    return ok({ ...readBody(request), status: { userInfo } }, 201)
  }
  return undefined
}

interface SplitPath {
  readonly group: string
  readonly version: string
  readonly path: readonly string[]
}

const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize'])

function readResourcePath(registry: Registry, { group, version, path }: SplitPath): ResourcePath {
  const [first, scope = '', third] = path
  const isScoped =
    first === 'namespaces' &&
    third !== undefined &&
    !(group === '' && NAMESPACE_SUBRESOURCES.has(third))
  const [resource = '', name = '', subresource = '', ...more] = isScoped ? path.slice(2) : path
  const kind = registry.byResource(group, version, resource)
  const isMisplaced = isScoped && kind?.namespaced === false
  if (kind === undefined || more.length > 0 || isMisplaced) throw noSuchPath()
  return { kind, namespace: isScoped ? scope : '', name, subresource }
}

function serveSpecial(
  { access, store }: RouteContext,
  { kind, namespace, name, subresource }: ResourcePath,
  request: ApiRequest,
): ApiAnswer | undefined {
  const isCore = kind.group === ''
  if (isCore && kind.kind === 'Pod' && subresource === 'log') {
    if (store.get('/Pod', namespace, name) === undefined) throw notFound(kind, name)
    return { status: 200, body: NO_LOGS, contentType: 'text/plain' }
  }
  if (isCore && kind.kind === 'ServiceAccount' && subresource === 'token') {
    if (request.method !== 'POST') throw noSuchPath()
    if (store.get('/ServiceAccount', namespace, name) === undefined) throw notFound(kind, name)
    const status = { token: access.tokenOf(namespace, name), expirationTimestamp: NEVER }
    return ok({ ...readBody(request), status }, 201)
  }
  return undefined
}

const NO_LOGS = 'This is a sandbox cluster: nothing runs in it, so there are no logs.\n'
const NEVER = '2099-01-01T00:00:00Z'
