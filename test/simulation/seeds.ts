import { expect, test } from 'vitest'
import { runSeed } from './run.ts'

const BATCH = 20
/** A short time of trouble each: `npm run simulate` makes it longer. */
const TURNS = 220

/** Tests that the laws hold for some seeds; several files, so that they run side by side. */
export function seedsHold({
  from,
  count,
}: {
  readonly from: number
  readonly count: number
}): void {
  const starts = Array.from({ length: count / BATCH }, (_, index) => from + index * BATCH)

  // A failing seed is named; `npm run simulate -- --seed N --turns 220` replays it.
  test.for(starts)('the laws hold from seed %i on', { timeout: 120_000 }, async (first) => {
    for (let seed = first; seed < first + BATCH; seed++) {
      const { violations } = await runSeed(seed, { turns: TURNS })
      expect(violations, `seed ${seed}`).toEqual([])
    }
  })
}
