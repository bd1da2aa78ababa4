import { expect, test } from 'vitest'
import { parseDuration } from './duration.ts'

test.for([
  ['5s', 5000],
  ['3m', 180_000],
  ['1h30m', 5_400_000],
  ['1.5m', 90_000],
  ['.5s', 500],
  ['250ms', 250],
  ['7', 7000],
  ['0s', 0],
  ['', undefined],
  ['s', undefined],
  ['5', 5000],
  ['5 s', undefined],
  ['5s!', undefined],
  ['-5s', undefined],
  ['5d', undefined],
] as const)('the duration [%s] is %s ms', ([text, expected]) => {
  expect(parseDuration(text)).toBe(expected)
})
