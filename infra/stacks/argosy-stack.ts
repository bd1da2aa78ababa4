import { Stack, type StackProps } from 'aws-cdk-lib'
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import type { Construct } from 'constructs'
import {
  BUCKET,
  ENGINES_DIR,
  KEY_ID,
  PUBLIC_URL,
  QUEUE_VARIABLES,
  TABLE,
  WORKERS,
  type FunctionName,
} from '../../functions/config-names.ts'
import { alarm, FIVE_MINUTES } from '../alarms.ts'
import type { Assets } from '../assets.ts'
import { AlarmTopic } from '../constructs/alarm-topic.ts'
import { BlobBucket } from '../constructs/blob-bucket.ts'
import { EnginesLayer, LAYER_ROOT } from '../constructs/engines-layer.ts'
import { HttpDoor } from '../constructs/http-door.ts'
import { MinuteSchedule } from '../constructs/minute-schedule.ts'
import { PlatformFunction } from '../constructs/platform-function.ts'
import { SealKey } from '../constructs/seal-key.ts'
import { StateTable } from '../constructs/state-table.ts'
import { WorkQueue } from '../constructs/work-queue.ts'
import { Worker } from '../constructs/worker.ts'
import {
  openSecrets,
  queryDue,
  readWriteBlobs,
  readWriteItems,
  sealSecrets,
  send,
} from '../grants.ts'

export interface ArgosyStackProps extends StackProps {
  readonly assets: Assets
}

/** API Gateway gives up after 30 s. */
const API_TIMEOUT_SECONDS = 29
/** Less than its interval, so that two never overlap. */
const POLLER_TIMEOUT_SECONDS = 50

/** The whole platform: where state lives, the functions that work on it, and what feeds them. */
export class ArgosyStack extends Stack {
  constructor(scope: Construct, id: string, { assets, ...props }: ArgosyStackProps) {
    super(scope, id, props)
    const alarms = new AlarmTopic(this, 'Alarms').topic
    const parts: Parts = {
      assets,
      alarms,
      state: new StateTable(this, 'State'),
      blobs: new BlobBucket(this, 'Blobs'),
      key: new SealKey(this, 'SealKey'),
      engines: new EnginesLayer(this, 'Engines', assets.engines),
      repo: new WorkQueue(this, 'Repo', { name: 'repo', worker: WORKERS.repo, alarms }),
      app: new WorkQueue(this, 'App', { name: 'app', worker: WORKERS.app, alarms }),
      cluster: new WorkQueue(this, 'Cluster', { name: 'cluster', worker: WORKERS.cluster, alarms }),
    }
    addApi(this, parts)
    addPoller(this, parts)
    addWorkers(this, parts)
  }
}

interface Parts {
  readonly assets: Assets
  readonly alarms: ITopic
  readonly state: StateTable
  readonly blobs: BlobBucket
  readonly key: SealKey
  readonly engines: EnginesLayer
  readonly repo: WorkQueue
  readonly app: WorkQueue
  readonly cluster: WorkQueue
}

function addApi(scope: Construct, parts: Parts): void {
  const { state, blobs, key, engines, repo, app, cluster } = parts
  const api = new PlatformFunction(scope, 'ApiFunction', {
    ...common(parts, 'api'),
    timeoutSeconds: API_TIMEOUT_SECONDS,
    memoryMb: 1_024,
    layers: [engines.layer],
    grants: [
      readWriteItems(state.table),
      ...readWriteBlobs(blobs.bucket),
      sealSecrets(key.key),
      send(repo.queue, app.queue, cluster.queue),
    ],
  })
  const door = new HttpDoor(scope, 'Http', api.handler)
  // The API itself needs nothing of the function, only its integration does: no circle.
  api.handler.addEnvironment(PUBLIC_URL, door.url)
}

function addPoller(scope: Construct, parts: Parts): void {
  const { state, repo, app, cluster, alarms } = parts
  const { handler } = new PlatformFunction(scope, 'PollerFunction', {
    ...common(parts, 'poller'),
    timeoutSeconds: POLLER_TIMEOUT_SECONDS,
    memoryMb: 512,
    grants: [queryDue(state.table), send(repo.queue, app.queue, cluster.queue)],
  })
  new MinuteSchedule(scope, 'EveryMinute', handler)
  alarm(scope, 'PollerSilent', {
    anchor: 'poller-silent',
    says: 'The poller has not run for five minutes',
    metric: handler.metricInvocations({ period: FIVE_MINUTES, statistic: 'Sum' }),
    threshold: 1,
    comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
    missing: TreatMissingData.BREACHING,
    topic: alarms,
  })
  alarm(scope, 'PollerFailing', {
    anchor: 'poller-failing',
    says: 'The poller failed three times in five minutes',
    metric: handler.metricErrors({ period: FIVE_MINUTES, statistic: 'Sum' }),
    threshold: 3,
    comparison: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    missing: TreatMissingData.NOT_BREACHING,
    topic: alarms,
  })
}

function addWorkers(scope: Construct, parts: Parts): void {
  const { state, blobs, key, engines, repo, app, cluster } = parts
  const shared = [
    readWriteItems(state.table),
    ...readWriteBlobs(blobs.bucket),
    // Whatever a worker finds out, Applications are to be looked at because of it.
    send(app.queue),
  ]
  new Worker(scope, 'RepoWorker', {
    ...common(parts, 'repo-worker'),
    queue: repo.queue,
    shape: WORKERS.repo,
    memoryMb: 1_024,
    grants: shared,
  })
  new Worker(scope, 'AppWorker', {
    ...common(parts, 'app-worker'),
    queue: app.queue,
    shape: WORKERS.app,
    memoryMb: 2_048,
    layers: [engines.layer],
    grants: [...shared, openSecrets(key.key)],
  })
  new Worker(scope, 'ClusterWorker', {
    ...common(parts, 'cluster-worker'),
    queue: cluster.queue,
    shape: WORKERS.cluster,
    memoryMb: 1_024,
    grants: [...shared, openSecrets(key.key)],
  })
}

/** What every function is told; being told a name is no permission to use it. */
const common = ({ assets, state, blobs, key, repo, app, cluster }: Parts, name: FunctionName) => ({
  name,
  code: assets.functions[name],
  environment: {
    [TABLE]: state.table.tableName,
    [BUCKET]: blobs.bucket.bucketName,
    [KEY_ID]: key.key.keyId,
    [QUEUE_VARIABLES.repo]: repo.queue.queueUrl,
    [QUEUE_VARIABLES.app]: app.queue.queueUrl,
    [QUEUE_VARIABLES.cluster]: cluster.queue.queueUrl,
    [ENGINES_DIR]: LAYER_ROOT,
  },
})
