import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { KMSClient } from '@aws-sdk/client-kms'
import { S3Client } from '@aws-sdk/client-s3'
import { SQSClient } from '@aws-sdk/client-sqs'
import { createS3Blobs } from '../lib/blobs/s3-blobs.ts'
import { createRandomIds, createSystemClock } from '../lib/clock/system-clock.ts'
import { createHttp2Clusters } from '../lib/cluster/http2-cluster.ts'
import { createHttpGit } from '../lib/git/http-git.ts'
import { createSqsQueue } from '../lib/queue/sqs-queue.ts'
import type { Intervals, Ports } from '../lib/reconcile/ports.ts'
import { createEnvelopeSecrets } from '../lib/secrets/envelope.ts'
import { createKmsKeys } from '../lib/secrets/kms-keys.ts'
import { createDynamoState } from '../lib/state/dynamo-state.ts'
import { BUCKET, KEY_ID, QUEUE_APP, QUEUE_CLUSTER, QUEUE_REPO, TABLE } from './config-names.ts'
import { createJsonLogger } from './log.ts'

/** How often an AWS deployment looks when nothing says that something changed. */
const INTERVALS: Intervals = {
  repositoryMs: 180_000,
  sweepMs: 180_000,
  verifyMs: 3_600_000,
}

/**
 * Chooses the adapters of an AWS deployment from the environment; the one place that does.
 * A missing variable fails the cold start by its name.
 */
export function composeFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Ports {
  const required = (name: string): string => {
    const value = environment[name]
    if (value === undefined || value === '')
      throw new Error(`environment variable ${name} is not set`)
    return value
  }
  const clock = createSystemClock()
  const blobs = createS3Blobs(new S3Client({}), required(BUCKET))
  return {
    state: createDynamoState(new DynamoDBClient({}), required(TABLE)),
    queue: createSqsQueue(new SQSClient({}), {
      repo: required(QUEUE_REPO),
      app: required(QUEUE_APP),
      cluster: required(QUEUE_CLUSTER),
    }),
    blobs,
    secrets: createEnvelopeSecrets(createKmsKeys(new KMSClient({}), required(KEY_ID)), clock),
    clock,
    ids: createRandomIds(),
    git: createHttpGit({ clock, blobs }),
    clusters: createHttp2Clusters({ clock }),
    log: createJsonLogger(
      (line) => console.log(line),
      () => clock.now(),
    ),
    intervals: INTERVALS,
  }
}
