import { expect, test } from 'vitest'
import { refNamesFor, resolveRevision } from './revision.ts'

const id = (digit: string) => digit.repeat(40)
const REFS = [
  { name: 'HEAD', commit: id('1') },
  { name: 'refs/heads/main', commit: id('1') },
  { name: 'refs/heads/feature/x', commit: id('2') },
  { name: 'refs/heads/both', commit: id('3') },
  { name: 'refs/tags/both', commit: id('4') },
  { name: 'refs/tags/v1.2.3', commit: id('5') },
  { name: 'refs/heads/1.x', commit: id('6') },
  { name: 'refs/heads/abcdef1', commit: id('7') },
  { name: 'refs/pull/7/head', commit: id('8') },
]

test.for([
  [undefined, { commit: id('1') }],
  ['', { commit: id('1') }],
  ['HEAD', { commit: id('1') }],
  ['main', { commit: id('1') }],
  ['feature/x', { commit: id('2') }],
  ['both', { commit: id('3') }],
  ['refs/tags/both', { commit: id('4') }],
  ['v1.2.3', { commit: id('5') }],
  ['1.x', { commit: id('6') }],
  ['refs/pull/7/head', { commit: id('8') }],
  ['abcdef1', { commit: id('7') }],
  ['abcdef2', { abbreviated: 'abcdef2' }],
  ['ABCDEF2345', { abbreviated: 'abcdef2345' }],
  [id('a').toUpperCase(), { commit: id('a') }],
  ['abcdef', undefined],
  ['absent', undefined],
  ['refs/heads/absent', undefined],
  ['v9', undefined],
  ['heads/main', undefined],
] as const)('%s means %j', ([revision, resolution]) => {
  expect(resolveRevision(REFS, revision)).toEqual(resolution)
})

test.for(['1.2.*', '^1.0', '~1.2', '>=1.0.0 <2.0.0', '2.x', '*', '1.0 - 2.0', '1.0 || 2.0'])(
  'a range of versions is not there yet: %s',
  (revision) => {
    expect(() => resolveRevision(REFS, revision)).toThrow(
      `a version range (${revision}) is not there yet`,
    )
  },
)

test.for([
  [undefined, ['HEAD']],
  ['HEAD', ['HEAD']],
  ['main', ['refs/heads/main', 'refs/tags/main']],
  ['refs/pull/7/head', ['refs/pull/7/head']],
  [id('a'), []],
  ['abcdef2', ['refs/heads/abcdef2', 'refs/tags/abcdef2']],
] as const)('%s is asked for as %j', ([revision, names]) => {
  expect(refNamesFor(revision)).toEqual(names)
})

test('an empty repository resolves nothing', () => {
  expect(resolveRevision([], undefined)).toBeUndefined()
})
