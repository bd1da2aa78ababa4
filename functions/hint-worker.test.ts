import type { SQSEvent } from 'aws-lambda'
import { expect, test } from 'vitest'
import { ArgosyError } from '../lib/fault/fault.ts'
import { encodeHint } from '../lib/queue/hint.ts'
import type { Hint } from '../lib/queue/port.ts'
import { createHintWorker } from './hint-worker.ts'

const silent = { info: () => undefined, error: () => undefined }

/** `a1 b2`: messages 1 and 2, naming the Applications a and b. `!` is no hint. */
const eventOf = (messages: string): SQSEvent =>
  ({
    Records: messages.split(' ').map((message) => ({
      messageId: message,
      body: message.startsWith('!')
        ? 'no hint'
        : encodeHint({ tenant: 'acme', name: message.charAt(0) }),
    })),
  }) as SQSEvent

test.for([
  ['a1 b2 a3', '', 'a b', ''],
  ['!1 a2', '', 'a', ''],
  ['a1 b2 a3', 'a', 'a b', 'a1 a3'],
] as const)(
  '%s with %s failing: looks at %s, gives back [%s]',
  async ([messages, bad, looks, back]) => {
    const seen: string[] = []
    const worker = createHintWorker(silent, async ({ name }) => {
      seen.push(name)
      if (name === bad) throw new ArgosyError({ code: 'Throttled', service: 'SQS' })
    })
    const { batchItemFailures } = await worker(eventOf(messages))
    expect([seen.join(' '), batchItemFailures.map((f) => f.itemIdentifier).join(' ')]).toEqual([
      looks,
      back,
    ])
  },
)

test('what is asked during a look is one look more after it, whatever became of the first', async () => {
  const steps: string[] = []
  const endings: PromiseWithResolvers<void>[] = []
  const worker = createHintWorker(silent, async ({ name }: Hint) => {
    steps.push(`${name} begins`)
    const ending = Promise.withResolvers<void>()
    endings.push(ending)
    await ending.promise
  })
  const batches = ['a1', 'a2', 'a3', 'b4'].map((messages) => worker(eventOf(messages)))
  expect(steps).toEqual(['a begins', 'b begins'])
  endings[0]?.reject(new ArgosyError({ code: 'Throttled', service: 'SQS' }))
  await batches[0]
  expect(steps).toEqual(['a begins', 'b begins', 'a begins'])
  endings[1]?.resolve()
  endings[2]?.resolve()
  const failed = (await Promise.all(batches)).map(
    ({ batchItemFailures }) => batchItemFailures.length,
  )
  expect(failed).toEqual([1, 0, 0, 0])

  const later = worker(eventOf('a5'))
  expect(steps.at(-1)).toBe('a begins')
  endings[3]?.resolve()
  await later
  expect(steps).toHaveLength(4)
})
