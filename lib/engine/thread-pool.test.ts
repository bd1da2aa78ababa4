import { expect, test } from 'vitest'
import type { EngineThread } from './engine-thread.ts'
import { ENGINE_LIMITS, type EngineLimits } from './limits.ts'
import { createThreadPool } from './thread-pool.ts'

/** Threads that write down what happens to them: `+1` started, `1` used, `-1` ended. */
function aPool(limits: Partial<EngineLimits>) {
  const log: string[] = []
  let started = 0
  const pool = createThreadPool({ ...ENGINE_LIMITS, ...limits })
  const start = (): EngineThread => {
    const id = ++started
    log.push(`+${id}`)
    return {
      async run() {
        log.push(`${id}`)
        return { outcome: 'answered', text: '' }
      },
      async end() {
        log.push(`-${id}`)
      },
    }
  }
  const request = { text: '', time: 0, seed: '' }
  return {
    log,
    pool,
    use: (tenant: string) =>
      pool.run({ tenant, engine: 'fieldmanager' }, start, (thread) => thread.run(request)),
  }
}

test('an instance serves one tenant, and is ended when another needs its thread', async () => {
  const { log, use } = aPool({ workersMax: 1 })
  for (const tenant of ['acme', 'acme', 'globex', 'acme']) await use(tenant)
  expect(log.join(' ')).toBe('+1 1 1 -1 +2 2 -2 +3 3')
})

test('the thread unused for longest makes room', async () => {
  const { log, use } = aPool({ workersMax: 2 })
  for (const tenant of ['a', 'b', 'a', 'c']) await use(tenant)
  expect(log.join(' ')).toBe('+1 1 +2 2 1 -2 +3 3')
})

test('an instance is replaced after its runs', async () => {
  const { log, use } = aPool({ runsMax: 2 })
  for (let run = 0; run < 3; run++) await use('acme')
  expect(log.join(' ')).toBe('+1 1 1 -1 +2 2')
})

test('a thread that nobody uses is ended', async () => {
  const { log, use } = aPool({ idleMs: 1 })
  await use('acme')
  await expect.poll(() => log.join(' ')).toBe('+1 1 -1')
})

test('a closed pool ends its threads and serves nobody', async () => {
  const { log, pool, use } = aPool({})
  await use('acme')
  await pool.close()
  await expect(use('acme')).rejects.toThrow('shut down')
  expect(log.join(' ')).toBe('+1 1 -1')
})
