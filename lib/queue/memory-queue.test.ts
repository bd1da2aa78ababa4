import { expect, test } from 'vitest'
import { createMemoryQueue } from './memory-queue.ts'

function aQueue() {
  let now = 1_000
  const queue = createMemoryQueue({ clock: { now: () => now }, visibilityMs: 100, receivesMax: 2 })
  const send = (names: string, delaySeconds = 0) =>
    queue.send(
      'app',
      names.split(' ').map((name) => ({ tenant: 't', name })),
      { delaySeconds },
    )
  return { queue, send, advance: (ms: number) => void (now += ms) }
}

const body = (name: string): string => JSON.stringify({ tenant: 't', name })

test('what is pending is shown in the order in which it becomes visible', async () => {
  const { queue, send } = aQueue()
  await send('late', 5)
  await send('a b')
  await queue.receive('app', { max: 1 })
  expect(queue.pending('app')).toEqual([
    { id: 'm3', body: body('b'), visibleAt: 1_000, receives: 0 },
    { id: 'm2', body: body('a'), visibleAt: 1_100, receives: 1 },
    { id: 'm1', body: body('late'), visibleAt: 6_000, receives: 0 },
  ])
  expect(queue.pending('repo')).toEqual([])
})

test('a simulation chooses which messages are received, in its order and doubled', async () => {
  const { queue, send } = aQueue()
  await send('a b c')
  const first = await queue.receive('app', { ids: ['m3'], visibilityMs: 0 })
  const second = await queue.receive('app', { ids: ['m3'] })
  const third = await queue.receive('app', { ids: ['m1'] })
  expect([first, second, third].flat().map(({ id, receives }) => `${id}:${receives}`)).toEqual([
    'm3:1',
    'm3:2',
    'm1:1',
  ])
})

test('a delayed message is not received before its time, whoever asks', async () => {
  const { queue, send, advance } = aQueue()
  await send('late', 5)
  expect(await queue.receive('app', { ids: ['m1'] })).toEqual([])
  advance(5_000)
  expect((await queue.receive('app', { ids: ['m1'] })).length).toBe(1)
})

test('an old receipt acknowledges nothing once somebody else holds the message', async () => {
  const { queue, send, advance } = aQueue()
  await send('a')
  const [first] = await queue.receive('app')
  advance(100)
  await queue.receive('app')
  await queue.delete('app', [first?.receipt ?? ''])
  expect(queue.pending('app').length).toBe(1)
})

test('losing everything takes pending, held and dead messages', async () => {
  const { queue, send, advance } = aQueue()
  await send('poison')
  for (let receives = 0; receives < 3; receives++) {
    await queue.receive('app')
    advance(100)
  }
  expect(queue.dead('app')).toEqual([body('poison')])
  await send('held late', 5)
  queue.dropAll()
  expect([queue.pending('app'), queue.dead('app')]).toEqual([[], []])
})
