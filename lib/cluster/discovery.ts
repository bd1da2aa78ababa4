import type { Clock } from '../clock/port.ts'
import { ArgosyError } from '../fault/fault.ts'
import { splitApiVersion } from '../manifest/manifest.ts'
import { isObject, type Json, type JsonObject } from '../std/json.ts'
import type { ClusterLimits } from './limits.ts'
import type { Cluster, KindInfo } from './port.ts'

/** Facts about kinds, cached: the part of a cluster that needs no object. */
export type Discovery = Pick<Cluster, 'kind' | 'kindOf' | 'refreshKinds'>

/** Gets a discovery document; the second argument is the `Accept` header. */
export type GetDocument = (path: string, accept: string) => Promise<JsonObject>

/**
 * Reads aggregated discovery (two requests), or group by group where the server knows only that.
 * A kind in a group that could not be read throws, so that nobody takes it for not served.
 */
export function createDiscovery(get: GetDocument, clock: Clock, limits: ClusterLimits): Discovery {
  let loading: Promise<Kinds> | undefined
  let loadedAt = 0

  const load = (): Promise<Kinds> => {
    loadedAt = clock.now()
    const pending = loadKinds(get)
    loading = pending
    pending.catch(() => {
      if (loading === pending) loading = undefined
    })
    return pending
  }

  const find = async (look: (kinds: Kinds) => KindInfo | undefined) => {
    const isFresh = clock.now() - loadedAt < limits.discoveryTtlMs
    const asked = loading !== undefined && isFresh ? loading : load()
    const found = look(await asked)
    if (found !== undefined) return found
    // Whoever missed it at the same time shares the one refresh.
    if (loading !== undefined && loading !== asked) return look(await loading)
    return clock.now() - loadedAt < limits.discoveryMissMs ? undefined : look(await load())
  }

  return {
    kind: (apiVersion, kind) => find((kinds) => findKind(kinds, apiVersion, kind)),
    kindOf: (group, kind) => find((kinds) => findKindOf(kinds, group, kind)),
    refreshKinds() {
      loading = undefined
    },
  }
}

interface Kinds {
  /** By `group/version/Kind`, in the server's order of preference. */
  readonly byVersion: ReadonlyMap<string, KindInfo>
  /** By `group/Kind`: the preferred version. */
  readonly byGroup: ReadonlyMap<string, KindInfo>
  /** `group/version` of what the server itself could not read, such as a broken aggregated API. */
  readonly unreadable: ReadonlySet<string>
}

function findKind(kinds: Kinds, apiVersion: string, kind: string): KindInfo | undefined {
  const { group, version } = splitApiVersion(apiVersion)
  const found = kinds.byVersion.get(`${group}/${version}/${kind}`)
  if (found === undefined && kinds.unreadable.has(`${group}/${version}`)) throw unreadable(group)
  return found
}

function findKindOf(kinds: Kinds, group: string, kind: string): KindInfo | undefined {
  const found = kinds.byGroup.get(`${group}/${kind}`)
  if (found !== undefined) return found
  for (const name of kinds.unreadable) if (name.startsWith(`${group}/`)) throw unreadable(group)
  return undefined
}

const unreadable = (group: string): ArgosyError =>
  new ArgosyError({
    code: 'KubernetesError',
    status: 503,
    reason: 'ServiceUnavailable',
    message: `the cluster could not say which kinds group ${group} has; check its APIService`,
  })

const AGGREGATED =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json'

async function loadKinds(get: GetDocument): Promise<Kinds> {
  const [core, groups] = await Promise.all([get('/api', AGGREGATED), get('/apis', AGGREGATED)])
  const found =
    groups['kind'] === 'APIGroupDiscoveryList'
      ? [...readAggregated(core), ...readAggregated(groups)]
      : await loadClassic(get, core, groups)
  const byVersion = new Map<string, KindInfo>()
  const byGroup = new Map<string, KindInfo>()
  for (const info of found.flatMap(({ kinds }) => kinds)) {
    const version = `${info.group}/${info.version}/${info.kind}`
    if (!byVersion.has(version)) byVersion.set(version, info)
    if (!byGroup.has(`${info.group}/${info.kind}`)) byGroup.set(`${info.group}/${info.kind}`, info)
  }
  const failed = found.filter(({ isReadable }) => !isReadable)
  const unreadableVersions = failed.map(({ group, version }) => `${group}/${version}`)
  return { byVersion, byGroup, unreadable: new Set(unreadableVersions) }
}

interface GroupVersion {
  readonly group: string
  readonly version: string
  readonly isReadable: boolean
  readonly kinds: readonly KindInfo[]
}

function readAggregated(list: JsonObject): GroupVersion[] {
  return objects(list['items']).flatMap((item) => {
    const group = isObject(item['metadata']) ? text(item['metadata']['name']) : ''
    return objects(item['versions']).map((served) => {
      const version = text(served['version'])
      const kinds = objects(served['resources']).flatMap((resource): KindInfo[] => {
        const kind = isObject(resource['responseKind'])
          ? text(resource['responseKind']['kind'])
          : ''
        const plural = text(resource['resource'])
        const namespaced = resource['scope'] === 'Namespaced'
        return kind === '' ? [] : [{ group, version, kind, resource: plural, namespaced }]
      })
      const isReadable = served['freshness'] !== 'Stale' || kinds.length > 0
      return { group, version, isReadable, kinds }
    })
  })
}

/** Servers before 1.27 answer lists of names; each group version is then asked by itself. */
async function loadClassic(
  get: GetDocument,
  core: JsonObject,
  groups: JsonObject,
): Promise<GroupVersion[]> {
  const versions = [
    ...texts(core['versions']).map((version) => ({ group: '', version })),
    ...objects(groups['groups']).flatMap((group) => {
      const preferred = isObject(group['preferredVersion'])
        ? text(group['preferredVersion']['version'])
        : ''
      const others = objects(group['versions']).map((served) => text(served['version']))
      return [...new Set([preferred, ...others])]
        .filter((version) => version !== '')
        .map((version) => ({ group: text(group['name']), version }))
    }),
  ]
  return Promise.all(versions.map(({ group, version }) => loadVersion(get, group, version)))
}

async function loadVersion(
  get: GetDocument,
  group: string,
  version: string,
): Promise<GroupVersion> {
  const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  try {
    const list = await get(path, 'application/json')
    const kinds = objects(list['resources'])
      .map((resource) => ({
        group,
        version,
        kind: text(resource['kind']),
        resource: text(resource['name']),
        namespaced: resource['namespaced'] === true,
      }))
      .filter(({ resource }) => !resource.includes('/'))
    return { group, version, isReadable: true, kinds }
  } catch (error) {
    if (!(error instanceof ArgosyError) || error.fault.code !== 'KubernetesError') throw error
    return { group, version, isReadable: false, kinds: [] }
  }
}

const objects = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject) : []

const texts = (value: Json | undefined): readonly string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '')
