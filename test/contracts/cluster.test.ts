import { createMemoryClusters, type MemoryClusters } from '../../lib/cluster/memory-cluster.ts'
import type { ClusterConnection } from '../../lib/cluster/port.ts'
import type { Manifest } from '../../lib/manifest/manifest.ts'
import { isObject, type Json, type JsonObject } from '../../lib/std/json.ts'
import { clusterContract, type ClusterSubject } from './cluster.contract.ts'

const SERVER = 'https://memory.example.com'
const tokenOf = (bearerToken: string): ClusterConnection => ({ server: SERVER, bearerToken })

clusterContract(
  'memory',
  async (): Promise<ClusterSubject> => {
    let ids = 0
    const clusters = createMemoryClusters({
      clock: { now: () => 1_700_000_000_000 },
      ids: { next: () => `uid-${++ids}` },
    })
    const server = clusters.server(SERVER)
    checkTokens(clusters)
    return {
      clusters,
      connection: tokenOf('admin'),
      restricted: tokenOf('restricted'),
      create: async (object, manager) => server.create(object, manager),
      edit: async (key, patch, manager) =>
        void server.edit(key, (object) => mergePatch(object, patch) as Manifest, manager),
      scale: async (key, replicas) =>
        void server.edit(key, (object) => mergePatch(object, { spec: { replicas } }) as Manifest),
      statusWritten: async () => server.settle(),
      close: () => clusters.close(),
    }
  },
  {
    'a duplicate merge key answers 500 with a text that tells it':
      'lists are compared as a whole, so no key of theirs is known',
    'an unknown field is refused': 'there are no schemas',
  },
)

/** The server knows two tokens, of which one may do nothing. */
function checkTokens(clusters: MemoryClusters): void {
  clusters.server(SERVER).failWith(({ bearerToken, verb, kind }) => {
    if (bearerToken === 'admin' || verb === 'discover') return undefined
    const message = `${kind} is forbidden: User "restricted" cannot ${verb} it`
    return bearerToken === 'restricted'
      ? { fault: { code: 'KubernetesError', status: 403, reason: 'Forbidden', message } }
      : { fault: { code: 'ClusterRefused', cluster: SERVER, detail: 'Unauthorized' } }
  })
}

/** JSON merge patch, RFC 7386. */
function mergePatch(value: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch
  const merged: Record<string, Json | undefined> = isObject(value) ? { ...value } : {}
  for (const [name, change] of Object.entries(patch as JsonObject)) {
    if (change === undefined) continue
    if (change === null) delete merged[name]
    else merged[name] = mergePatch(merged[name], change)
  }
  return merged
}
