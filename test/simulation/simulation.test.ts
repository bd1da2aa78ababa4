import { expect, test } from 'vitest'
import { runSeed } from './run.ts'

const SEEDS = 200
const BATCH = 20

const starts = Array.from({ length: SEEDS / BATCH }, (_, index) => index * BATCH)

// A failing seed is named; `npm run simulate -- --seed N` replays it.
test.for(starts)('the laws hold from seed %i on', { timeout: 60_000 }, async (first) => {
  for (let seed = first; seed < first + BATCH; seed++) {
    const { violations } = await runSeed(seed)
    expect(violations, `seed ${seed}`).toEqual([])
  }
})
