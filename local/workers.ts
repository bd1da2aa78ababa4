import { createAppWorker } from '../functions/app-worker.ts'
import { createClusterWorker } from '../functions/cluster-worker.ts'
import { WORKERS } from '../functions/config-names.ts'
import type { QueueHandler } from '../functions/hint-worker.ts'
import { createPoller } from '../functions/poller.ts'
import { createRepoWorker } from '../functions/repo-worker.ts'
import type { QueueName } from '../lib/queue/port.ts'
import type { Ports } from '../lib/reconcile/ports.ts'
import type { LocalAws } from './aws.ts'
import type { DueAlarm } from './due-alarm.ts'
import { startEventSource } from './event-source.ts'
import { startSchedule } from './schedule.ts'

/** Runs the queue workers and the poller: the same handlers as on Lambda, fed as Lambda feeds them. */
export async function startWorkers(
  ports: Ports,
  aws: LocalAws,
  alarm: DueAlarm,
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
  const schedule = startSchedule({
    poll: createPoller(ports),
    alarm,
    clock: ports.clock,
    log: ports.log,
  })
  return {
    async stop() {
      await Promise.all([schedule.stop(), ...sources.map((source) => source.stop())])
    },
  }
}
