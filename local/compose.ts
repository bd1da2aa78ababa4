import { join } from 'node:path'
import { createJsonLogger } from '../functions/log.ts'
import { createFileBlobs } from '../lib/blobs/file-blobs.ts'
import { createRandomIds, createSystemClock } from '../lib/clock/system-clock.ts'
import { createHttp2Clusters } from '../lib/cluster/http2-cluster.ts'
import { createHttpGit } from '../lib/git/http-git.ts'
import { createSqsQueue } from '../lib/queue/sqs-queue.ts'
import type { Intervals, Ports } from '../lib/reconcile/ports.ts'
import { createEnvelopeSecrets } from '../lib/secrets/envelope.ts'
import { createKeyFile } from '../lib/secrets/key-file.ts'
import { createDynamoState } from '../lib/state/dynamo-state.ts'
import type { LocalAws } from './aws.ts'
import { countRequests } from './count-requests.ts'
import { createDueAlarm, type DueAlarm } from './due-alarm.ts'

/** One machine looks more often than a deployment: a newcomer should not have to wait. */
export const LOCAL_INTERVALS: Intervals = {
  repositoryMs: 10_000,
  sweepMs: 60_000,
  verifyMs: 3_600_000,
}

/** Requests to the outside since the start; what the bench prints. */
export interface RequestCounts {
  readonly dynamo: number
  readonly sqs: number
  readonly git: number
  readonly kubernetes: number
}

export interface LocalPorts {
  readonly ports: Ports
  /** Rings when something in state becomes due. */
  readonly alarm: DueAlarm
  counts(): RequestCounts
}

/** Chooses the adapters of the platform on one machine: real AWS clients, embedded servers. */
export function composeLocal(options: {
  readonly dataDir: string
  readonly aws: LocalAws
  readonly intervals: Intervals
  readonly log: (line: string) => void
}): LocalPorts {
  const { dataDir, aws } = options
  const clock = createSystemClock()
  const requests = { git: 0, kubernetes: 0 }
  const dynamo = countRequests(aws.dynamo.client)
  const sqs = countRequests(aws.sqs.client)
  const blobs = createFileBlobs(join(dataDir, 'blobs'))
  const alarm = createDueAlarm(createDynamoState(aws.dynamo.client, aws.table), clock)
  return {
    ports: {
      state: alarm.state,
      queue: createSqsQueue(aws.sqs.client, aws.sqs.urls),
      blobs,
      secrets: createEnvelopeSecrets(createKeyFile(join(dataDir, 'master.key')), clock),
      clock,
      ids: createRandomIds(),
      git: createHttpGit({
        clock,
        blobs,
        onRequest: () => requests.git++,
        // The sample repositories are on this machine, and so is the only one who writes URLs.
        allowPrivateHosts: true,
      }),
      clusters: createHttp2Clusters({ clock, onRequest: () => requests.kubernetes++ }),
      log: createJsonLogger(options.log, () => clock.now()),
      intervals: options.intervals,
    },
    alarm,
    counts: () => ({ dynamo: dynamo.count(), sqs: sqs.count(), ...requests }),
  }
}
