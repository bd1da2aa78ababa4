import type { JsonObject } from '../../lib/std/json.ts'
import type { ServedKind } from './kinds.ts'

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']
const SUBRESOURCE_VERBS = ['get', 'patch', 'update']

/** Group versions in the order of their kinds; the first of a group is the preferred one. */
function groupsOf(kinds: readonly ServedKind[]): ReadonlyMap<string, ReadonlySet<string>> {
  const groups = new Map<string, Set<string>>()
  for (const { group, version } of kinds) {
    const versions = groups.get(group) ?? new Set()
    groups.set(group, versions.add(version))
  }
  return groups
}

export const AGGREGATED_TYPE =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

/** `/api` and `/apis` with everything in one answer. */
export function aggregatedDiscovery(kinds: readonly ServedKind[], isCore: boolean): JsonObject {
  const groups = [...groupsOf(kinds)].filter(([group]) => (group === '') === isCore)
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: groups.map(([group, versions]) => ({
      metadata:
        group === '' ? { creationTimestamp: null } : { name: group, creationTimestamp: null },
      versions: [...versions].map((version) => ({
        version,
        freshness: 'Current',
        resources: kinds
          .filter((kind) => kind.group === group && kind.version === version)
          .map(aggregatedResource),
      })),
    })),
  }
}

function aggregatedResource(kind: ServedKind): JsonObject {
  const { group, version, resource } = kind
  const subresources = subresourcesOf(kind).map((name) => ({
    subresource: name,
    responseKind:
      name === 'scale'
        ? { group: 'autoscaling', version: 'v1', kind: 'Scale' }
        : { group, version, kind: kind.kind },
    verbs: SUBRESOURCE_VERBS,
  }))
  return {
    resource,
    responseKind: { group, version, kind: kind.kind },
    scope: kind.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: kind.singular,
    verbs: VERBS,
    ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
    ...(kind.categories.length === 0 ? {} : { categories: kind.categories }),
    ...(subresources.length === 0 ? {} : { subresources }),
  }
}

const subresourcesOf = ({ hasStatus, hasScale }: ServedKind): readonly string[] => [
  ...(hasStatus ? ['status'] : []),
  ...(hasScale ? ['scale'] : []),
]

/** `/apis` for clients from before aggregated discovery. */
export function groupList(kinds: readonly ServedKind[]): JsonObject {
  const groups = [...groupsOf(kinds).keys()].filter((group) => group !== '')
  return {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: groups.map((group) => groupDocument(kinds, group)),
  }
}

export const CORE_VERSIONS: JsonObject = { kind: 'APIVersions', versions: ['v1'] }

function groupDocument(kinds: readonly ServedKind[], name: string): JsonObject {
  const versions = [...(groupsOf(kinds).get(name) ?? [])].map((version) => ({
    groupVersion: `${name}/${version}`,
    version,
  }))
  return { name, versions, preferredVersion: versions[0] ?? {} }
}

/** `/apis/<group>`; `undefined` for a group that is not served. */
export const groupOfName = (kinds: readonly ServedKind[], name: string): JsonObject | undefined =>
  kinds.some(({ group }) => group === name)
    ? { kind: 'APIGroup', apiVersion: 'v1', ...groupDocument(kinds, name) }
    : undefined

/** `/api/v1` and `/apis/<group>/<version>`; `undefined` when nothing is served there. */
export function resourceList(
  kinds: readonly ServedKind[],
  group: string,
  version: string,
): JsonObject | undefined {
  const served = kinds.filter((kind) => kind.group === group && kind.version === version)
  const groupVersion = group === '' ? version : `${group}/${version}`
  if (served.length === 0) return undefined
  const resources = served.flatMap((kind) => [
    {
      name: kind.resource,
      singularName: kind.singular,
      namespaced: kind.namespaced,
      kind: kind.kind,
      verbs: VERBS,
      ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
      ...(kind.categories.length === 0 ? {} : { categories: kind.categories }),
    },
    ...subresourcesOf(kind).map((name) => ({
      name: `${kind.resource}/${name}`,
      singularName: '',
      namespaced: kind.namespaced,
      ...(name === 'scale'
        ? { group: 'autoscaling', version: 'v1', kind: 'Scale' }
        : { kind: kind.kind }),
      verbs: SUBRESOURCE_VERBS,
    })),
  ])
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources }
}
