import { beforeEach, expect, test } from 'vitest'
import { ArgosyError, faultOf } from '../fault/fault.ts'
import type { JsonObject } from '../std/json.ts'
import { createDiscovery, type GetDocument } from './discovery.ts'
import { CLUSTER_LIMITS } from './limits.ts'

let now: number
let asked: string[]
beforeEach(() => {
  now = 0
  asked = []
})

/** Discovery over documents by path; what is not there answers 503. */
function discoveryOf(documents: Readonly<Record<string, JsonObject>>) {
  const get: GetDocument = async (path) => {
    asked.push(path)
    const document = documents[path]
    if (document !== undefined) return document
    throw new ArgosyError({ code: 'KubernetesError', status: 503, reason: '', message: path })
  }
  return createDiscovery(get, { now: () => now }, CLUSTER_LIMITS)
}

const aggregated = (items: readonly JsonObject[]): JsonObject => ({
  kind: 'APIGroupDiscoveryList',
  items,
})

/** `name` with versions such as `v2:Widget,Gadget`, best first; a version alone is stale. */
const group = (name: string, ...versions: readonly string[]): JsonObject => ({
  metadata: name === '' ? {} : { name },
  versions: versions.map((text) => {
    const [version = '', kinds = ''] = text.split(':')
    return {
      version,
      freshness: kinds === '' ? 'Stale' : 'Current',
      resources: kinds
        .split(',')
        .filter((kind) => kind !== '')
        .map((kind) => ({
          resource: `${kind.toLowerCase()}s`,
          responseKind: { group: '', version: '', kind },
          scope: kind === 'Node' ? 'Cluster' : 'Namespaced',
        })),
    }
  }),
})

const AGGREGATED = {
  '/api': aggregated([group('', 'v1:Pod,Node')]),
  '/apis': aggregated([
    group('example.com', 'v2:Widget', 'v1:Widget,Gadget'),
    group('broken.io', 'v1'),
  ]),
}

/** The same cluster as servers before 1.27 describe it. */
const CLASSIC = {
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/api/v1': {
    resources: [
      { name: 'pods', kind: 'Pod', namespaced: true },
      { name: 'pods/log', kind: 'Pod', namespaced: true },
      { name: 'nodes', kind: 'Node', namespaced: false },
    ],
  },
  '/apis': {
    kind: 'APIGroupList',
    groups: [
      {
        name: 'example.com',
        versions: [{ version: 'v1' }, { version: 'v2' }],
        preferredVersion: { version: 'v2' },
      },
      { name: 'broken.io', versions: [{ version: 'v1' }], preferredVersion: { version: 'v1' } },
    ],
  },
  '/apis/example.com/v1': {
    resources: [
      { name: 'widgets', kind: 'Widget', namespaced: true },
      { name: 'gadgets', kind: 'Gadget', namespaced: true },
    ],
  },
  '/apis/example.com/v2': { resources: [{ name: 'widgets', kind: 'Widget', namespaced: true }] },
}

test.for([
  ['aggregated', AGGREGATED],
  ['classic', CLASSIC],
] as const)(
  '%s discovery answers kinds by version, and the preferred version',
  async ([, documents]) => {
    const discovery = discoveryOf(documents)
    const widget = { group: 'example.com', kind: 'Widget', resource: 'widgets', namespaced: true }
    expect([
      await discovery.kind('v1', 'Pod'),
      await discovery.kindOf('', 'Node'),
      await discovery.kindOf('example.com', 'Widget'),
      await discovery.kind('example.com/v1', 'Widget'),
      await discovery.kindOf('example.com', 'Gadget'),
      await discovery.kind('example.com/v2', 'Gadget'),
      await discovery.kindOf('other.com', 'Gadget'),
    ]).toEqual([
      { group: '', version: 'v1', kind: 'Pod', resource: 'pods', namespaced: true },
      { group: '', version: 'v1', kind: 'Node', resource: 'nodes', namespaced: false },
      { ...widget, version: 'v2' },
      { ...widget, version: 'v1' },
      { ...widget, version: 'v1', kind: 'Gadget', resource: 'gadgets' },
      undefined,
      undefined,
    ])
  },
)

test.for([
  ['aggregated', AGGREGATED],
  ['classic', CLASSIC],
] as const)('%s discovery throws for a group that could not be read', async ([, documents]) => {
  const discovery = discoveryOf(documents)
  for (const request of [
    discovery.kind('broken.io/v1', 'Any'),
    discovery.kindOf('broken.io', 'Any'),
  ]) {
    expect(await request.catch(faultOf)).toMatchObject({ code: 'KubernetesError', status: 503 })
  }
})

test('discovery is asked once, again for an unknown kind after a while, and when it is old', async () => {
  const discovery = discoveryOf(AGGREGATED)
  const requestsFor = async (kind: string): Promise<number> => {
    const before = asked.length
    await Promise.all([discovery.kindOf('', kind), discovery.kindOf('', kind)])
    return asked.length - before
  }
  expect([await requestsFor('Pod'), await requestsFor('Pod'), await requestsFor('None')]).toEqual([
    2, 0, 0,
  ])
  now += CLUSTER_LIMITS.discoveryMissMs
  expect([await requestsFor('None'), await requestsFor('None')]).toEqual([2, 0])
  now += CLUSTER_LIMITS.discoveryTtlMs
  expect(await requestsFor('Pod')).toBe(2)
  discovery.refreshKinds()
  expect(await requestsFor('Pod')).toBe(2)
})

test('a failed discovery is not remembered', async () => {
  const documents: Record<string, JsonObject> = { '/apis': aggregated([]) }
  const discovery = discoveryOf(documents)
  expect(await discovery.kindOf('', 'Pod').catch(faultOf)).toMatchObject({ status: 503 })
  documents['/api'] = AGGREGATED['/api']
  expect(await discovery.kindOf('', 'Pod')).toMatchObject({ resource: 'pods' })
})
