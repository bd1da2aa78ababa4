import type { Hono } from 'hono'
import type { ApiEnv } from '../../functions/api/api-context.ts'
import { createApi } from '../../functions/api/api.ts'
import { IN_CLUSTER_NAME, IN_CLUSTER_SERVER } from '../../lib/app/application.ts'
import { createMemoryBlobs } from '../../lib/blobs/memory-blobs.ts'
import {
  createManualClock,
  createSequentialIds,
  type ManualClock,
} from '../../lib/clock/manual-clock.ts'
import { createMemoryClusters } from '../../lib/cluster/memory-cluster.ts'
import type { MemoryServer } from '../../lib/cluster/memory-server.ts'
import { createMemoryGit } from '../../lib/git/memory-git.ts'
import type { MemoryRepository } from '../../lib/git/memory-repository.ts'
import { createMemoryQueue, type MemoryQueue } from '../../lib/queue/memory-queue.ts'
import { connectionPurpose } from '../../lib/reconcile/open-cluster.ts'
import type { Ports } from '../../lib/reconcile/ports.ts'
import { reconcileApplication } from '../../lib/reconcile/reconcile-application.ts'
import { createEnvelopeSecrets } from '../../lib/secrets/envelope.ts'
import { createMemoryKeys } from '../../lib/secrets/memory-keys.ts'
import { listApplications } from '../../lib/state/applications.ts'
import { putCluster } from '../../lib/state/clusters.ts'
import { createMemoryState } from '../../lib/state/memory-state.ts'

/** The API and the worker behind it, on memory adapters; time passes only when somebody waits. */
export interface MemoryPlatform {
  readonly ports: Ports
  readonly clock: ManualClock
  readonly queue: MemoryQueue
  readonly repository: MemoryRepository
  readonly cluster: MemoryServer
  readonly api: Hono<ApiEnv>
  /** Everything logged as an error, by its event code. */
  readonly errors: readonly string[]
  /** Does what is due, as the worker would. */
  work(): Promise<void>
  /** Lets time pass, with the worker at work. */
  sleep(milliseconds: number): Promise<void>
}

export const TENANT = 'default'
export const REPO_URL = 'http://127.0.0.1:22091/mono.git'
export const SERVER_URL = 'http://127.0.0.1:22080'
export const OPERATOR_TOKEN = 'operator-token'
/** Rounds of work on one Application before a test is told that it never comes to rest. */
const ROUNDS_MAX = 50

export async function createMemoryPlatform(): Promise<MemoryPlatform> {
  const clock = createManualClock(Date.parse('2026-11-23T14:01:34Z'))
  const ids = createSequentialIds(1)
  const git = createMemoryGit()
  const clusters = createMemoryClusters({ clock, ids })
  const queue = createMemoryQueue({ clock })
  const errors: string[] = []
  const ports: Ports = {
    state: createMemoryState(),
    queue,
    blobs: createMemoryBlobs(),
    secrets: createEnvelopeSecrets(createMemoryKeys(), clock),
    clock,
    ids,
    git,
    clusters,
    log: {
      info() {},
      error: (event, fields) => void errors.push(`${event} ${JSON.stringify(fields)}`),
    },
    intervals: { repositoryMs: 180_000, sweepMs: 180_000, verifyMs: 3_600_000 },
  }
  await registerCluster(ports)
  const work = (): Promise<void> => workOnDue(ports)
  const sleep = async (milliseconds: number): Promise<void> => {
    clock.advance(milliseconds)
    await work()
  }
  const options = { url: SERVER_URL, operatorToken: OPERATOR_TOKEN, streamMs: 5000 }
  return {
    ports,
    clock,
    queue,
    repository: git.repository(REPO_URL),
    cluster: clusters.server(IN_CLUSTER_SERVER),
    api: createApi(ports, options, sleep),
    errors,
    work,
    sleep,
  }
}

async function workOnDue(ports: Ports): Promise<void> {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const now = ports.clock.now()
    const due = (await listApplications(ports.state, TENANT)).filter(
      (record) => record.due !== undefined && record.due <= now,
    )
    if (due.length === 0) return
    for (const { name } of due) await reconcileApplication(ports, TENANT, name)
  }
  throw new Error(`applications are still due after ${ROUNDS_MAX} rounds`)
}

async function registerCluster(ports: Ports): Promise<void> {
  const server = IN_CLUSTER_SERVER
  const connection = await ports.secrets.seal(
    TENANT,
    connectionPurpose(server),
    JSON.stringify({ server }),
  )
  await putCluster(
    ports.state,
    TENANT,
    { server, name: IN_CLUSTER_NAME, connection },
    ports.clock.now(),
  )
}
