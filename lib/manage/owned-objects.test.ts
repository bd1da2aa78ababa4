import { expect, test } from 'vitest'
import type { Manifest } from '../manifest/manifest.ts'
import { descendants, OWNED_OBJECTS_MAX } from './owned-objects.ts'

/** `Kind/uid<owner`: an object, and who owns it. */
const objects = (text: string): readonly Manifest[] =>
  text.split(' ').flatMap((word) => {
    const [, kind = '', uid = '', owner = ''] = /^(\w+)\/(\w+)<?(\w*)$/.exec(word) ?? []
    if (uid === '') return []
    const owners = owner === '' ? [] : [{ apiVersion: 'v1', kind: 'Any', name: owner, uid: owner }]
    const metadata = { name: uid, namespace: 'n', uid, ownerReferences: owners }
    return [{ apiVersion: 'v1', kind, metadata }]
  })

test.for([
  ['', ''],
  ['Pod/p1', ''],
  ['Pod/p1<root', 'p1'],
  ['Pod/p1<rs1 ReplicaSet/rs1<root', 'p1 rs1'],
  ['Pod/p1<other ReplicaSet/rs1<root', 'rs1'],
  ['Pod/a<b Pod/b<a', ''],
] as const)('of %j the root owns %j', ([text, owned]) => {
  const found = descendants(['root'], objects(text))
  expect(found.map(({ metadata }) => metadata.name).join(' ')).toBe(owned)
})

test('a tree has a limit', () => {
  const many = Array.from({ length: OWNED_OBJECTS_MAX + 1 }, (_, index) => `Pod/p${index}<root`)
  expect(descendants(['root'], objects(many.join(' ')))).toHaveLength(OWNED_OBJECTS_MAX)
})
