import { normaliseRepoUrl } from '../../lib/source/repo-url.ts'
import type { Fleet } from './fleet.ts'
import { round } from './measure-creation.ts'
import { untilQuiet } from './quiet.ts'
import type { FleetResult } from './result.ts'
import { until } from './until.ts'

const LOOK_MS = 20
const TIMEOUT_MS = 60_000

/**
 * Pushes one commit that changes one Application and waits until it is live. The clock starts when
 * the platform is told of the push, so the repository check belongs to it, the poll interval not.
 */
export async function measureCommit(fleet: Fleet): Promise<FleetResult['oneCommit']> {
  const { apps, platform, cluster, repository, onProgress } = fleet
  const app = apps[Math.floor(apps.length / 2)] ?? ''
  await untilQuiet(platform)
  const value = await repository.change(app)
  // Only now: the push itself is the work of the local Git server.
  const before = await platform.usage()
  const begin = performance.now()
  await platform.pushed(normaliseRepoUrl(repository.url))
  await until(async () => (await cluster.configValue(app)) === value, {
    everyMs: LOOK_MS,
    timeoutMs: TIMEOUT_MS,
    missing: () => `the commit that changes ${app} is not live`,
  })
  const seconds = round((performance.now() - begin) / 1000)
  onProgress(`one commit live after ${seconds} s`)

  const after = await untilQuiet(platform)
  return {
    seconds,
    cpuSeconds: round(after.cpuSeconds - before.cpuSeconds),
    gitRequests: after.requests.git - before.requests.git,
    kubernetesRequests: after.requests.kubernetes - before.requests.kubernetes,
  }
}
