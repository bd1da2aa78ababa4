import type { Context } from 'aws-lambda'
import { expect, test, vi } from 'vitest'
import { faultOf } from '../lib/fault/fault.ts'
import { invoke } from './invoke.ts'

const OPTIONS = { name: 'app-worker', timeoutMs: 1_000 }

test('event and answer pass through JSON', async () => {
  const event = { date: new Date(0), nothing: undefined, list: [undefined, 1] }
  let seen: unknown
  const answer = await invoke(
    async (received: unknown) => {
      seen = received
      return { at: new Date(0), nothing: undefined }
    },
    event,
    OPTIONS,
  )
  expect(seen).toStrictEqual({ date: '1970-01-01T00:00:00.000Z', list: [null, 1] })
  expect(answer).toStrictEqual({ at: '1970-01-01T00:00:00.000Z' })
})

test('what a handler does to its event stays with it', async () => {
  const event = { names: ['a'] }
  await invoke(async (received: typeof event) => received.names.push('b'), event, OPTIONS)
  expect(event).toEqual({ names: ['a'] })
})

test('a handler that answers nothing answers undefined', async () => {
  expect(await invoke(async () => {}, {}, OPTIONS)).toBeUndefined()
})

test('the time that remains falls to nothing and is never negative', async () => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] })
  const contexts: Context[] = []
  await invoke(async (_: unknown, context) => void contexts.push(context), {}, OPTIONS)
  const remaining = () => contexts[0]?.getRemainingTimeInMillis()
  const seen = [remaining()]
  for (const ms of [400, 600, 1]) {
    vi.advanceTimersByTime(ms)
    seen.push(remaining())
  }
  vi.useRealTimers()
  expect(seen).toEqual([1_000, 600, 0, 0])
})

test('after its timeout a call has failed, and what it does later changes nothing', async () => {
  const late = Promise.withResolvers<never>()
  const failed = await invoke(() => late.promise, {}, { name: 'slow', timeoutMs: 10 }).catch(
    (error: unknown) => faultOf(error),
  )
  late.reject(new Error('nobody waits for this'))
  expect(failed).toEqual({
    code: 'Internal',
    message: 'function slow timed out after 0.01 seconds',
  })
})
