import { expect, test } from 'vitest'
import { age } from './age.ts'

const SECOND = 1000
const HOUR = 3600 * SECOND
const DAY = 24 * HOUR

test.for([
  [0, '0s'],
  [119 * SECOND, '119s'],
  [120 * SECOND, '2m'],
  [599 * SECOND, '9m59s'],
  [600 * SECOND, '10m'],
  [179 * 60 * SECOND, '179m'],
  [3 * HOUR + 60 * SECOND, '3h1m'],
  [8 * HOUR, '8h'],
  [47 * HOUR, '47h'],
  [2 * DAY, '2d'],
  [7 * DAY + 5 * HOUR, '7d5h'],
  [8 * DAY, '8d'],
  [729 * DAY, '729d'],
  [731 * DAY, '2y'],
  [-5 * SECOND, '0s'],
] as const)('%d ms ago is %s', ([elapsed, expected]) => {
  const then = '2026-01-02T03:04:05Z'
  expect(age(then, Date.parse(then) + elapsed)).toBe(expected)
})

test('no time has no age', () => {
  expect([age(undefined, 0), age(null, 0), age('soon', 0)]).toEqual(
    Array.from({ length: 3 }, () => '<unknown>'),
  )
})
