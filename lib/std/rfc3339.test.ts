import { expect, test } from 'vitest'
import { toRfc3339 } from './rfc3339.ts'

test.for([
  [0, '1970-01-01T00:00:00Z'],
  [1_767_225_600_999, '2026-01-01T00:00:00Z'],
] as const)('%i is %s', ([time, text]) => {
  expect(toRfc3339(time)).toBe(text)
})
