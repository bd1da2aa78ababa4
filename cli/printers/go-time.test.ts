import { expect, test } from 'vitest'
import { formatGoDuration, formatGoTime, formatTimestamp } from './go-time.ts'

test.for([
  [0, '0s'],
  [59.9, '59s'],
  [65, '1m5s'],
  [3605, '1h0m5s'],
  [-3, '0s'],
] as const)('%d seconds are %s', ([seconds, text]) => {
  expect(formatGoDuration(seconds)).toBe(text)
})

test('times', () => {
  expect(formatGoTime('2026-01-02T15:04:05Z')).toBe('2026-01-02 15:04:05 +0000 UTC')
  expect(formatGoTime(undefined)).toBe('<nil>')
  expect(formatTimestamp(1_767_225_600_123)).toBe('2026-01-01T00:00:00+00:00')
})
