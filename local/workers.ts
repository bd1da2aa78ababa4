import { createAppWorker } from '../functions/app-worker.ts'
import { createClusterWorker } from '../functions/cluster-worker.ts'
import { WORKERS } from '../functions/config-names.ts'
import type { QueueHandler } from '../functions/hint-worker.ts'
import { createPoller } from '../functions/poller.ts'
import { createRepoWorker } from '../functions/repo-worker.ts'
import type { QueueName } from '../lib/queue/port.ts'
import type { Ports } from '../lib/reconcile/ports.ts'
import type { LocalAws } from './aws.ts'
import { startEventSource } from './event-source.ts'

/** How often the schedule calls the poller; on AWS it is a minute. */
const POLL_MS = 1_000

/** Runs the queue workers and the poller: the same handlers as on Lambda, fed as Lambda feeds them. */
export async function startWorkers(
  ports: Ports,
  aws: LocalAws,
): Promise<{ stop(): Promise<void> }> {
  const handlers: Readonly<Record<QueueName, QueueHandler>> = {
    repo: createRepoWorker(ports),
    app: createAppWorker(ports),
    cluster: createClusterWorker(ports),
  }
  const sources = await Promise.all(
    (['repo', 'app', 'cluster'] as const).map((queue) =>
      startEventSource({
        client: aws.sqs.client,
        queueUrl: aws.sqs.urls[queue],
        name: `${queue}-worker`,
        handler: handlers[queue],
        batchSize: WORKERS[queue].batchSize,
        windowMs: WORKERS[queue].windowSeconds * 1000,
        maxConcurrency: WORKERS[queue].concurrencyMax,
        timeoutMs: WORKERS[queue].timeoutSeconds * 1000,
        log: ports.log,
      }),
    ),
  )
  const schedule = startSchedule(createPoller(ports), ports)
  return {
    async stop() {
      await Promise.all([schedule.stop(), ...sources.map((source) => source.stop())])
    },
  }
}

/** Calls the poller at start-up and then again and again, never twice at once. */
function startSchedule(
  poll: () => Promise<unknown>,
  ports: Pick<Ports, 'log'>,
): { stop(): Promise<void> } {
  let running: Promise<void> | undefined
  const tick = (): void => {
    running ??= poll()
      .then(
        () => undefined,
        (error: unknown) => ports.log.error('poller.failed', { error: String(error) }),
      )
      .finally(() => {
        running = undefined
      })
  }
  tick()
  const timer = setInterval(tick, POLL_MS)
  return {
    async stop() {
      clearInterval(timer)
      await running
    },
  }
}
