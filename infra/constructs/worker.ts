import { Duration } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import type { WorkerShape } from '../../functions/config-names.ts'
import { PlatformFunction, type PlatformFunctionProps } from './platform-function.ts'

export interface WorkerProps extends Omit<PlatformFunctionProps, 'timeoutSeconds'> {
  readonly queue: Queue
  readonly shape: WorkerShape
}

/** A function fed by a queue. It answers which messages failed, so that the others are not redone. */
export class Worker extends Construct {
  constructor(scope: Construct, id: string, { queue, shape, ...props }: WorkerProps) {
    super(scope, id)
    const { handler } = new PlatformFunction(this, 'Worker', {
      ...props,
      timeoutSeconds: shape.timeoutSeconds,
      grants: [...props.grants, consume(queue)],
    })
    new EventSourceMapping(this, 'Source', {
      target: handler,
      eventSourceArn: queue.queueArn,
      batchSize: shape.batchSize,
      maxBatchingWindow: Duration.seconds(shape.windowSeconds),
      maxConcurrency: shape.concurrencyMax,
      reportBatchItemFailures: true,
    })
  }
}

const consume = (queue: Queue): PolicyStatement =>
  new PolicyStatement({
    actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
    resources: [queue.queueArn],
  })
