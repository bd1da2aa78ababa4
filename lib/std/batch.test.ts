import { expect, test } from 'vitest'
import { createBatch } from './batch.ts'

/** Records each call's keys; a call waits until `release`. */
function recorder(fails: (keys: readonly string[]) => boolean = () => false) {
  const calls: string[] = []
  const releases: (() => void)[] = []
  const load = createBatch(async (keys: readonly string[]) => {
    calls.push(keys.join(' '))
    await new Promise<void>((resolve) => releases.push(resolve))
    if (fails(keys)) throw new Error(`no ${keys.join(' ')}`)
    return keys.length
  })
  const release = async (): Promise<void> => {
    while (releases.length > 0) {
      releases.shift()?.()
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  return { calls, load, release }
}

test('what is asked in one turn goes together, what is asked meanwhile goes next', async () => {
  const { calls, load, release } = recorder()
  const first = [load(['a']), load(['b'])]
  await Promise.resolve()
  const second = [load(['c']), load(['d', 'e'])]
  await release()
  expect(calls).toEqual(['a b', 'c d e'])
  expect(await Promise.all([...first, ...second])).toEqual([2, 2, 3, 3])
})

test('nobody fails for another', async () => {
  const { calls, load, release } = recorder((keys) => keys.includes('bad'))
  const results = Promise.allSettled([load(['a']), load(['bad']), load(['b'])])
  await Promise.resolve()
  await release()
  expect((await results).map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
  ])
  expect(calls).toEqual(['a bad b', 'a', 'bad', 'b'])
  const later = load(['c'])
  await Promise.resolve()
  await release()
  expect(await later).toBe(1)
})

test("a failure that is nobody's own is told to all, and nothing is tried again", async () => {
  const calls: string[] = []
  const load = createBatch(
    async (keys: readonly string[]) => {
      calls.push(keys.join(' '))
      throw new Error('busy')
    },
    (error) => error instanceof Error && error.message === 'busy',
  )
  const answers = await Promise.allSettled([load(['a']), load(['b'])])
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(calls).toEqual(['a b'])
})
