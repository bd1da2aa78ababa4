import { expect, test } from 'vitest'
import type { ApplicationJson } from '../../lib/manage/application-json.ts'
import type { ResourceNodeJson } from '../../lib/manage/resource-tree.ts'
import { formatTree } from './tree.ts'

const APP: ApplicationJson = {
  metadata: {
    name: 'a',
    namespace: 'argocd',
    uid: 'u',
    resourceVersion: '1',
    generation: 1,
    creationTimestamp: '',
  },
  spec: { project: 'default', destination: {} },
  status: {
    sync: { status: 'Synced', comparedTo: { destination: {} } },
    health: {},
    summary: {},
    sourceHydrator: {},
  },
}

const node = (kind: string, name: string, ...owners: readonly string[]): ResourceNodeJson => ({
  version: 'v1',
  kind,
  name,
  uid: name,
  ...(owners.length === 0
    ? {}
    : { parentRefs: owners.map((owner) => ({ kind: 'Any', name: owner, uid: owner })) }),
})

const names = (nodes: readonly ResourceNodeJson[]): readonly string[] =>
  formatTree(APP, nodes)
    .split('\n')
    .slice(1, -1)
    .map((line) => line.trimEnd())

test('siblings are joined, the last one is marked', () => {
  const nodes = [
    node('Pod', 'p2', 'rs1'),
    node('Deployment', 'd'),
    node('ReplicaSet', 'rs2', 'd'),
    node('ReplicaSet', 'rs1', 'd'),
    node('Pod', 'p1', 'rs1'),
    node('ConfigMap', 'c'),
  ]
  expect(names(nodes)).toEqual([
    'ConfigMap/c',
    'Deployment/d',
    '├─ReplicaSet/rs1',
    '│ ├─Pod/p1',
    '│ └─Pod/p2',
    '└─ReplicaSet/rs2',
  ])
})

test('owners that lead in a circle end', () => {
  const nodes = [node('Deployment', 'd'), node('Pod', 'a', 'd', 'b'), node('Pod', 'b', 'a')]
  expect(names(nodes)).toEqual(['Deployment/d', '└─Pod/a', '  └─Pod/b'])
})
