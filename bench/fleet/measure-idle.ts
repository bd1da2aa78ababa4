import { setTimeout as delay } from 'node:timers/promises'
import { LOCAL_INTERVALS } from '../../local/compose.ts'
import type { Fleet } from './fleet.ts'
import { round } from './measure-creation.ts'
import { untilQuiet } from './quiet.ts'
import type { FleetResult } from './result.ts'

const REST_MS = 60_000
/** By then the first sweep over everything has been and gone. */
const SWEPT_MS = LOCAL_INTERVALS.sweepMs + 5_000

/** A minute in which nothing happens; `synced` is when (`performance.now()`) all had been synced. */
export async function measureIdle(
  { platform, onProgress }: Fleet,
  synced: number,
): Promise<FleetResult['idle60']> {
  onProgress('waiting for the first sweep')
  await delay(Math.max(0, synced + SWEPT_MS - performance.now()))
  await untilQuiet(platform)
  const before = await platform.usage()
  onProgress('measuring a minute of rest')
  await delay(REST_MS)
  const after = await platform.usage()
  return {
    cpuSeconds: round(after.cpuSeconds - before.cpuSeconds),
    memoryMb: Math.round(after.memoryMb),
    kubernetesRequests: after.requests.kubernetes - before.requests.kubernetes,
  }
}
