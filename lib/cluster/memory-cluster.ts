import { keyText } from '../manifest/key.ts'
import { parseSelector } from '../manifest/label-selector.ts'
import { groupOf, type Manifest } from '../manifest/manifest.ts'
import { type JsonObject, parseJson, stringifyJson } from '../std/json.ts'
import { jsonPatch } from './json-patch.ts'
import { checkPreconditions } from './memory-apply.ts'
import { noSuchObject, notServed } from './memory-faults.ts'
import {
  createServer,
  type MemoryClustersOptions,
  type MemoryRequest,
  type MemoryServer,
  type Server,
} from './memory-server.ts'
import { type ObjectStore, shown } from './memory-store.ts'
import { applyObject, removeObject, updateObject } from './memory-writes.ts'
import type { Cluster, Clusters, KindInfo } from './port.ts'

export interface MemoryClusters extends Clusters {
  /** The server behind a URL; made when first named, and shared by all tenants. */
  server(url: string): MemoryServer
}

/**
 * Clusters in memory for unit tests and the simulation, deterministic by its clock and ids. It
 * enforces preconditions, ownership of fields, namespaces and a few immutable fields; how it
 * differs from a real server is listed in `test/contracts/cluster.test.ts`.
 */
export function createMemoryClusters(options: MemoryClustersOptions): MemoryClusters {
  const servers = new Map<string, Server>()
  const serverOf = (url: string): Server => {
    const server = servers.get(url) ?? createServer(options)
    servers.set(url, server)
    return server
  }
  return {
    server: serverOf,
    connect: (tenant, { server, bearerToken }) =>
      createCluster(serverOf(server), { tenant, bearerToken }),
    async close() {},
  }
}

type Caller = Pick<MemoryRequest, 'tenant' | 'bearerToken'>

const createCluster = (server: Server, caller: Caller): Cluster => ({
  ...createReads(server, caller),
  ...createWrites(server, caller),
})

type Write = 'apply' | 'remove' | 'patch'

function createReads({ store, request }: Server, caller: Caller): Omit<Cluster, Write> {
  const discover = (find: (kind: KindInfo) => boolean) =>
    request(requestOf('discover', caller), () => store.kinds.find(find))
  return {
    version: () => request(requestOf('version', caller), () => 'v1.35.0+memory'),
    kind: (apiVersion, kind) =>
      discover((each) => apiVersionOf(each) === apiVersion && each.kind === kind),
    kindOf: (group, kind) => discover((each) => each.group === group && each.kind === kind),
    refreshKinds() {},
    get: (info, namespace, name) =>
      request(requestOf('get', caller, info, { namespace, name }), () => {
        assertServed(store, info)
        const scope = info.namespaced ? namespace : ''
        const key = { group: info.group, kind: info.kind, namespace: scope, name }
        const found = store.objects.get(keyText(key))
        return found === undefined ? undefined : inVersion(shown(found), info)
      }),
    listMetadata: (info) =>
      request(requestOf('list', caller, info), () => ({
        items: objectsOf(store, info).map(({ apiVersion, kind, metadata }) => ({
          apiVersion,
          kind,
          metadata,
        })),
        resourceVersion: String(store.revision),
      })),
    list: (info, { namespace = '', labelSelector = '' } = {}) =>
      request(requestOf('list', caller, info, { namespace }), () => {
        const isSelected = parseSelector(labelSelector)
        return objectsOf(store, info).filter(
          ({ metadata }) =>
            (namespace === '' || metadata.namespace === namespace) &&
            isSelected(metadata.labels ?? {}),
        )
      }),
  }
}

const createWrites = ({ store, request }: Server, caller: Caller): Pick<Cluster, Write> => ({
  apply: (info, target, options) =>
    request(requestOf('apply', caller, info, target.metadata), () => {
      assertServed(store, info)
      return applyObject(store, info, throughWire(target), options)
    }),
  remove: (info, key, options) =>
    request(requestOf('remove', caller, info, key), () => {
      const live = store.objects.get(keyText(key))
      if (live === undefined) return 'absent'
      checkPreconditions(key, live.object, options)
      if (options.dryRun !== true) removeObject(store, key, options.propagation)
      return 'deleted'
    }),
  patch: (info, key, operations) =>
    request(requestOf('patch', caller, info, key), () => {
      const live = store.objects.get(keyText(key))
      if (live === undefined) throw noSuchObject(key)
      const patched = jsonPatch(shown(live), operations) as Manifest
      const { resourceVersion } = patched.metadata
      checkPreconditions(key, live.object, { resourceVersion })
      return updateObject(store, key, patched, { manager: 'argosy' })
    }),
})

const requestOf = (
  verb: MemoryRequest['verb'],
  caller: Caller,
  info?: KindInfo,
  { namespace = '', name = '' }: { readonly namespace?: string; readonly name?: string } = {},
): MemoryRequest => ({ verb, ...caller, kind: info?.kind ?? '', namespace, name })

function objectsOf(store: ObjectStore, info: KindInfo): Manifest[] {
  assertServed(store, info)
  return [...store.objects.values()]
    .filter(({ object }) => groupOf(object) === info.group && object.kind === info.kind)
    .map((stored) => inVersion(shown(stored), info))
}

function assertServed(store: ObjectStore, info: KindInfo): void {
  const isServed = store.kinds.some(
    ({ group, version, resource }) =>
      group === info.group && version === info.version && resource === info.resource,
  )
  if (!isServed) throw notServed()
}

const apiVersionOf = ({ group, version }: KindInfo): string =>
  group === '' ? version : `${group}/${version}`

/** A stored object in the version that was asked for. */
const inVersion = (object: Manifest, info: KindInfo): Manifest => ({
  ...object,
  apiVersion: apiVersionOf(info),
})

/** What JSON cannot say does not arrive; preconditions are those of `observed` alone. */
function throughWire(target: Manifest): Manifest {
  const { uid: _uid, resourceVersion: _version, ...metadata } = target.metadata
  return parseJson(stringifyJson({ ...target, metadata })) as JsonObject as Manifest
}
