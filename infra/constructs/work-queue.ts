import { Duration } from 'aws-cdk-lib'
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import {
  RECEIVES_MAX,
  VISIBILITY_TIMEOUTS,
  type WorkerShape,
} from '../../functions/config-names.ts'
import { alarm, FIVE_MINUTES } from '../alarms.ts'

export interface WorkQueueProps {
  /** What the hints in it name: `repo`, `app` or `cluster`. */
  readonly name: string
  readonly worker: WorkerShape
  readonly alarms: ITopic
}

/** Hints older than this say nothing that a sweep has not said again many times. */
export const HINT_AGE_MAX = Duration.days(1)
export const DEAD_LETTER_AGE_MAX = Duration.days(14)

/** A queue of hints with its dead letters, and the alarm that says there are some. */
export class WorkQueue extends Construct {
  readonly queue: Queue
  readonly deadLetters: Queue

  constructor(scope: Construct, id: string, { name, worker, alarms }: WorkQueueProps) {
    super(scope, id)
    const secured = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true }
    this.deadLetters = new Queue(this, 'DeadLetters', {
      ...secured,
      retentionPeriod: DEAD_LETTER_AGE_MAX,
    })
    this.queue = new Queue(this, 'Queue', {
      ...secured,
      retentionPeriod: HINT_AGE_MAX,
      visibilityTimeout: Duration.seconds(worker.timeoutSeconds * VISIBILITY_TIMEOUTS),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: RECEIVES_MAX },
    })
    alarm(this, 'DeadLettersAlarm', {
      anchor: `dead-letters-${name}`,
      says: `A ${name} hint failed ${RECEIVES_MAX} times`,
      metric: this.deadLetters.metricApproximateNumberOfMessagesVisible({
        period: FIVE_MINUTES,
        statistic: 'Maximum',
      }),
      threshold: 1,
      comparison: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      missing: TreatMissingData.NOT_BREACHING,
      topic: alarms,
    })
    alarm(this, 'BacklogAlarm', {
      anchor: `backlog-${name}`,
      says: `${name} hints wait longer than ${BACKLOG_AGE_SECONDS_MAX / 60} minutes`,
      metric: this.queue.metricApproximateAgeOfOldestMessage({
        period: FIVE_MINUTES,
        statistic: 'Minimum',
      }),
      threshold: BACKLOG_AGE_SECONDS_MAX,
      comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
      missing: TreatMissingData.NOT_BREACHING,
      topic: alarms,
    })
  }
}

/** Above the visibility of every queue, so that one retry is no backlog. */
export const BACKLOG_AGE_SECONDS_MAX = 1_800
