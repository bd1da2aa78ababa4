import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { faultOf } from '../../lib/fault/fault.ts'
import { decodeHint, HINT_BYTES_MAX } from '../../lib/queue/hint.ts'
import type { Hint, Queue, QueueName } from '../../lib/queue/port.ts'

/** An adapter with a consumer's side, a clock that can be moved, and a count of its requests. */
export interface QueueSubject {
  readonly queue: Queue
  receive(queue: QueueName): Promise<readonly Received[]>
  delete(queue: QueueName, receipt: string): Promise<void>
  changeVisibility(queue: QueueName, receipt: string, visibilityMs: number): Promise<void>
  /** Bodies that were received too often. */
  dead(queue: QueueName): Promise<readonly string[]>
  advance(ms: number): void
  loseEverything(): Promise<void>
  sendRequests(): number
  close(): Promise<void>
}

interface Received {
  readonly body: string
  readonly receipt: string
}

/** Subjects are made with this visibility and number of receptions. */
export const VISIBILITY_MS = 30_000
export const RECEIVES_MAX = 3

const hintsOf = (names: string, tenant = 'acme'): Hint[] =>
  names.split(' ').map((name) => ({ tenant, name }))

/** The laws of `lib/queue/port.ts`, over any adapter. */
export function queueContract(adapter: string, create: () => Promise<QueueSubject>): void {
  describe(`queue over ${adapter}`, () => {
    let subject: QueueSubject
    beforeEach(async () => {
      subject = await create()
    })
    afterEach(() => subject.close())

    const received = async (queue: QueueName = 'app') =>
      (await subject.receive(queue)).map(({ body }) => decodeHint(body)?.name ?? body).toSorted()

    test('a sent hint is received with its tenant, by its own queue alone', async () => {
      await subject.queue.send('app', [
        { tenant: 'acme', name: 'guestbook' },
        { tenant: 'ümlaut & co', name: 'https://git.example.com/a.git' },
      ])
      const bodies = (await subject.receive('app')).map(({ body }) => decodeHint(body))
      expect(bodies.toSorted((a, b) => (a?.tenant ?? '').localeCompare(b?.tenant ?? ''))).toEqual([
        { tenant: 'acme', name: 'guestbook' },
        { tenant: 'ümlaut & co', name: 'https://git.example.com/a.git' },
      ])
      expect([await received('repo'), await received('cluster')]).toEqual([[], []])
    })

    test('a name may hold any character', async () => {
      const name = 'a\u0000\u001f\u007f\ufffe\uffff\ud800 "\\\u{10ffff}'
      await subject.queue.send('app', [{ tenant: 'acme', name }])
      const [message] = await subject.receive('app')
      expect(decodeHint(message?.body ?? '')).toEqual({ tenant: 'acme', name })
    })

    test('what is held by one consumer is not given to another until its visibility ends', async () => {
      await subject.queue.send('app', hintsOf('a b'))
      expect(await received()).toEqual(['a', 'b'])
      expect(await received()).toEqual([])
      subject.advance(VISIBILITY_MS - 1)
      expect(await received()).toEqual([])
      subject.advance(1)
      expect(await received()).toEqual(['a', 'b'])
    })

    test('a deleted message never comes back', async () => {
      await subject.queue.send('app', hintsOf('a b'))
      for (const { body, receipt } of await subject.receive('app')) {
        if (decodeHint(body)?.name === 'a') await subject.delete('app', receipt)
      }
      subject.advance(VISIBILITY_MS)
      expect(await received()).toEqual(['b'])
    })

    test('visibility can be ended or extended by who holds the message', async () => {
      await subject.queue.send('app', hintsOf('a b'))
      for (const { body, receipt } of await subject.receive('app')) {
        const isA = decodeHint(body)?.name === 'a'
        await subject.changeVisibility('app', receipt, isA ? 0 : VISIBILITY_MS + 10_000)
      }
      expect(await received()).toEqual(['a'])
      subject.advance(VISIBILITY_MS)
      expect(await received()).toEqual(['a'])
      subject.advance(10_000)
      expect(await received()).toEqual(['b'])
    })

    test('a delay holds a hint back', async () => {
      await subject.queue.send('app', hintsOf('later'), { delaySeconds: 60 })
      subject.advance(59_999)
      expect(await received()).toEqual([])
      subject.advance(1)
      expect(await received()).toEqual(['later'])
    })

    test('a message that is never deleted ends among the dead letters', async () => {
      await subject.queue.send('app', hintsOf('poison'))
      for (let receives = 1; receives <= RECEIVES_MAX; receives++) {
        expect(await received()).toEqual(['poison'])
        subject.advance(VISIBILITY_MS)
      }
      expect(await received()).toEqual([])
      expect((await subject.dead('app')).map((body) => decodeHint(body)?.name)).toEqual(['poison'])
    })

    test('a lost queue is empty and goes on working', async () => {
      await subject.queue.send('app', hintsOf('gone'))
      await subject.loseEverything()
      expect(await received()).toEqual([])
      await subject.queue.send('app', hintsOf('new'))
      expect(await received()).toEqual(['new'])
    })

    test.for([
      [0, 0],
      [1, 1],
      [10, 1],
      [11, 2],
      [95, 10],
    ])('%i hints cost %i requests, and all arrive', async ([count = 0, requests]) => {
      const names = Array.from({ length: count }, (_, index) => `app-${index}`)
      await subject.queue.send(
        'app',
        names.map((name) => ({ tenant: 'acme', name })),
      )
      expect(subject.sendRequests()).toBe(requests)
      const arrived: string[] = []
      for (let polls = 0; polls < 11; polls++) arrived.push(...(await received()))
      expect(arrived.toSorted()).toEqual(names.toSorted())
    })

    test.for([
      ['a delay above 900 s', { delaySeconds: 901 }, 'x', 'InvalidArgument'],
      ['a name that is too long', {}, 'x'.repeat(HINT_BYTES_MAX), 'LimitExceeded'],
    ] as const)('%s sends nothing of the call', async ([, options, name, code]) => {
      const sent = subject.queue.send('app', [...hintsOf('ok'), { tenant: 'acme', name }], options)
      expect(faultOf(await sent.catch((error: unknown) => error)).code).toBe(code)
      expect([subject.sendRequests(), await received()]).toEqual([0, []])
    })
  })
}
