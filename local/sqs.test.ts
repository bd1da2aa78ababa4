import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startSqs, type LocalSqs } from './sqs.ts'
import { WAKE_MS } from './sqs-store.ts'

let sqs: LocalSqs
beforeEach(async () => {
  sqs = await startSqs({ visibilitySeconds: 30, receivesMax: 5 })
})
afterEach(() => sqs.stop())

const longPoll = () =>
  sqs.client.send(new ReceiveMessageCommand({ QueueUrl: sqs.urls.app, WaitTimeSeconds: 20 }))

test('a long poll looks for messages that return no more often than it must', async () => {
  const setInterval = vi.spyOn(globalThis, 'setInterval')
  const poll = longPoll()
  await vi.waitUntil(() => setInterval.mock.calls.length > 0, { timeout: 5_000, interval: 5 })
  expect(setInterval.mock.calls.map(([, ms]) => ms)).toEqual([WAKE_MS])
  setInterval.mockRestore()
  await sqs.client.send(new SendMessageCommand({ QueueUrl: sqs.urls.app, MessageBody: 'a' }))
  expect((await poll).Messages?.[0]?.Body).toBe('a')
})

test('a long poll wakes for a delayed message', async () => {
  await sqs.client.send(
    new SendMessageCommand({ QueueUrl: sqs.urls.app, MessageBody: 'late', DelaySeconds: 1 }),
  )
  expect((await longPoll()).Messages?.[0]?.Body).toBe('late')
})
