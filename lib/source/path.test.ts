import { expect, test } from 'vitest'
import { cleanPath } from './path.ts'

test.for([
  [undefined, ''],
  ['', ''],
  ['.', ''],
  ['guestbook', 'guestbook'],
  ['./guestbook/', 'guestbook'],
  ['a//b/./c', 'a/b/c'],
] as const)('%s is %s', ([path, clean]) => {
  expect(cleanPath(path)).toBe(clean)
})

test.for(['/etc', '../x', 'a/../../b', 'a\nb'])('%j is refused', (path) => {
  expect(() => cleanPath(path)).toThrow('must lie within the repository')
})
