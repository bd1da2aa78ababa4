import { expect, test } from 'vitest'
import { jsonSize } from './json-size.ts'

const LIMITS = { sizeMax: 20, depthMax: 3 }
const circle: unknown[] = []
circle.push(circle)

test.for<[unknown, number]>([
  [null, 1],
  ['abc', 4],
  [['a', 'b'], 5],
  [{ key: 'value' }, 10],
  ['x'.repeat(19), 20],
  ['x'.repeat(20), Number.POSITIVE_INFINITY],
  [[[[[]]]], 4],
  [[[[[[]]]]], Number.POSITIVE_INFINITY],
  [circle, Number.POSITIVE_INFINITY],
])('the size of %j is %d', ([value, size]) => {
  expect(jsonSize(value, LIMITS)).toBe(size)
})
