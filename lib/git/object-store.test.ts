import { expect, test } from 'vitest'
import { objectId, type GitObject } from './objects.ts'
import { createObjectCache } from './object-store.ts'

const object = (
  type: GitObject['type'],
  name: string,
  bytes = 100,
): readonly [string, GitObject] => {
  const made: GitObject = { type, data: Buffer.from(name.padEnd(bytes, '.')) }
  return [objectId(made), made]
}
const [one, two, three] = [object('blob', '1'), object('blob', '2'), object('blob', '3')]
const tree = object('tree', 't', 20)
const commit = object('commit', 'c')

/** Room for two objects of 100 bytes, their overhead included. */
const TWO = { cacheBytes: 10_000, repoCacheBytes: 650 }

test('forgets what was used least recently', () => {
  const store = createObjectCache(TWO).forRepository('a')
  store.add(new Map([one]))
  store.add(new Map([two]))
  store.get(one[0])
  store.add(new Map([three]))
  expect([one, two, three].map(([id]) => store.get(id) !== undefined)).toEqual([true, false, true])
})

test('a commit is complete until one of its trees may be gone', () => {
  const store = createObjectCache(TWO).forRepository('a')
  store.add(new Map([tree]), ['first'])
  store.add(new Map([one]), ['second'])
  expect(store.completeCommits()).toEqual(['second', 'first'])
  store.add(new Map([two]))
  expect(store.get(tree[0])).toBeUndefined()
  expect(store.completeCommits()).toEqual([])
})

test('names the commits that are here', () => {
  const store = createObjectCache(TWO).forRepository('a')
  store.add(new Map([commit, tree]))
  expect(store.commits()).toEqual([commit[0]])
})

test('repositories see nothing of one another, and the one used last stays', () => {
  const cache = createObjectCache({ cacheBytes: 650, repoCacheBytes: 650 })
  const [a, b, c] = ['a', 'b', 'c'].map((key) => cache.forRepository(key))
  a?.add(new Map([one]))
  expect(b?.get(one[0])).toBeUndefined()
  b?.add(new Map([two]))
  a?.get(one[0])
  c?.add(new Map([three]))
  expect(
    [a?.get(one[0]), b?.get(two[0]), c?.get(three[0])].map((found) => found !== undefined),
  ).toEqual([true, false, true])
})
