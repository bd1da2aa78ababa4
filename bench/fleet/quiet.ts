import type { Usage } from './messages.ts'
import type { PlatformClient } from './platform-client.ts'
import { until } from './until.ts'

const ASK_MS = 100
const QUIET_MS = 3_000
const TIMEOUT_MS = 120_000

/**
 * Waits until the platform asked nothing of the cluster for three seconds, and answers what it had
 * used when that began.
 */
export async function untilQuiet(platform: PlatformClient): Promise<Usage> {
  let last = await platform.usage()
  let since = performance.now()
  const check = async (): Promise<boolean> => {
    const now = await platform.usage()
    if (now.requests.kubernetes !== last.requests.kubernetes) {
      last = now
      since = performance.now()
    }
    return performance.now() - since >= QUIET_MS
  }
  await until(check, {
    everyMs: ASK_MS,
    timeoutMs: TIMEOUT_MS,
    missing: () => 'the platform still sends requests to the cluster',
  })
  return last
}
