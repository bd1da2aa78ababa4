import { parseArgs } from 'node:util'
import { runSeed } from './run.ts'

/** `npm run simulate -- --seeds 5000 [--from N]`, or `--seed N [--trace]` to replay one. */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    from: { type: 'string', default: '0' },
    seed: { type: 'string' },
    turns: { type: 'string', default: '700' },
    trace: { type: 'boolean', default: false },
  },
})
const from = Number(values.seed ?? values.from)
const count = values.seed === undefined ? Number(values.seeds) : 1
const begin = performance.now()
let turns = 0
let failed = 0
for (let seed = from; seed < from + count; seed++) {
  const result = await runSeed(seed, {
    turns: Number(values.turns),
    ...(values.trace ? { tell: (line: string) => console.log(line) } : {}),
  })
  turns += result.turns
  if (result.violations.length > 0) {
    failed++
    console.log(`seed ${seed} failed after ${result.turns} turns:`)
    for (const violation of result.violations) console.log(`  ${violation}`)
    console.log(`  replay: npm run simulate -- --seed ${seed}`)
  }
  if (count > 1 && (seed - from + 1) % 100 === 0)
    console.log(`${seed - from + 1} seeds, ${failed} failed`)
}
const seconds = ((performance.now() - begin) / 1000).toFixed(1)
console.log(`${count} seeds, ${turns} turns, ${failed} failed, ${seconds} s`)
process.exitCode = failed === 0 ? 0 : 1
