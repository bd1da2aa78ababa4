import { expect, test } from 'vitest'
import { expandFrom } from './expand-sha.ts'

const IDS = ['abcd'.padEnd(40, '1'), 'abce'.padEnd(40, '2'), 'abce3'.padEnd(40, '3')]

test.for([
  ['abcd', IDS[0]],
  ['ABCD1', IDS[0]],
  ['abce2', IDS[1]],
  [IDS[2] ?? '', IDS[2]],
  ['ffff', undefined],
] as const)('%s is %s', ([abbreviated, id]) => {
  expect(expandFrom([...IDS, ...IDS], abbreviated)).toBe(id)
})

test.for([
  ['abce', 'commit id abce is ambiguous: 2 commits begin so; give more digits'],
  ['abc', '"abc" is not an abbreviated commit id: it takes 4 to 40 hexadecimal digits'],
  ['main', '"main" is not an abbreviated commit id: it takes 4 to 40 hexadecimal digits'],
  ['', '"" is not an abbreviated commit id: it takes 4 to 40 hexadecimal digits'],
] as const)('%j is refused', ([abbreviated, message]) => {
  expect(() => expandFrom(IDS, abbreviated)).toThrow(message)
})
