import { mapPool } from '../../lib/std/pool.ts'
import { type AppState, isSettled } from './api-client.ts'
import type { Fleet } from './fleet.ts'
import type { FleetResult } from './result.ts'
import { until } from './until.ts'

const CREATES_AT_ONCE = 8
/** Beyond it the bench fails: a minute, and half a second for each Application. */
const timeoutOf = (apps: number): number => 60_000 + apps * 500
const LIST_MS = 1_000

/** Creates the Applications and waits until all are Synced and Healthy. */
export async function measureCreation(
  fleet: Fleet,
): Promise<Omit<FleetResult, 'apps' | 'oneCommit' | 'idle60'>> {
  const { apps, api, platform, onProgress } = fleet
  const target = { repoURL: fleet.repository.url, namespace: fleet.namespace }
  const before = await platform.usage()
  const begin = performance.now()
  await mapPool(apps, CREATES_AT_ONCE, (app) => api.create(app, target))
  onProgress(`${apps.length} Applications created in ${secondsSince(begin).toFixed(1)} s`)
  await untilSettled(fleet)
  const allSyncedSeconds = round(secondsSince(begin))
  const after = await platform.usage()
  onProgress(`all Synced and Healthy after ${allSyncedSeconds} s`)

  const { requests } = after
  return {
    allSyncedSeconds,
    platformCpuSeconds: round(after.cpuSeconds - before.cpuSeconds),
    platformPeakMemoryMb: Math.round(after.peakMemoryMb),
    dynamoRequests: requests.dynamo - before.requests.dynamo,
    sqsRequests: requests.sqs - before.requests.sqs,
    gitRequests: requests.git - before.requests.git,
    kubernetesRequests: requests.kubernetes - before.requests.kubernetes,
  }
}

/** Asks for the last Application first, and for the whole list only then: looking costs as well. */
async function untilSettled({ apps, api }: Fleet): Promise<void> {
  const last = apps.at(-1) ?? ''
  let states: ReadonlyMap<string, AppState> = new Map()
  const unsettled = () =>
    apps.flatMap((app) => {
      const state = states.get(app)
      return state !== undefined && isSettled(state) ? [] : [{ app, state }]
    })
  const missing = (): string => {
    const left = unsettled()
    const [first] = left
    const { sync = 'absent', health = 'absent', condition = '' } = first?.state ?? {}
    return `${left.length} of ${apps.length} Applications are not Synced and Healthy, such as ${first?.app ?? ''}: ${sync}, ${health} ${condition}`.trimEnd()
  }
  let isLastSettled = false
  const check = async (): Promise<boolean> => {
    isLastSettled ||= isSettled(await api.state(last))
    if (!isLastSettled) return false
    states = await api.states()
    return unsettled().length === 0
  }
  await until(check, { everyMs: LIST_MS, timeoutMs: timeoutOf(apps.length), missing }).catch(
    async (error: unknown) => {
      if (isLastSettled) throw error
      states = await api.states()
      return until(async () => unsettled().length === 0, { everyMs: 0, timeoutMs: 0, missing })
    },
  )
}

const secondsSince = (begin: number): number => (performance.now() - begin) / 1000

export const round = (value: number): number => Math.round(value * 1000) / 1000
