import { Match } from 'aws-cdk-lib/assertions'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  FUNCTION_NAMES,
  PUBLIC_URL,
  RECEIVES_MAX,
  VISIBILITY_TIMEOUTS,
  WORKERS,
} from '../../functions/config-names.ts'
import { RUNBOOK } from '../../infra/alarms.ts'
import {
  BACKLOG_AGE_SECONDS_MAX,
  DEAD_LETTER_AGE_MAX,
  HINT_AGE_MAX,
} from '../../infra/constructs/work-queue.ts'
import { REQUESTS_BURST_MAX, REQUESTS_PER_SECOND_MAX } from '../../infra/constructs/http-door.ts'
import { tableDefinition, TIME_TO_LIVE } from '../../lib/state/dynamo-table.ts'
import { ENGINES_BYTES, resourcesOf, synthesize } from './synthesize.ts'

const template = synthesize()
const all = (type: string) => Object.values(resourcesOf(template, type))

test('the API knows the address at which people reach it', () => {
  const [api] = all('AWS::Lambda::Function').filter(
    ({ Properties }) => Properties['Description'] === 'Argosy api',
  )
  const [door] = Object.keys(resourcesOf(template, 'AWS::ApiGatewayV2::Api'))
  expect(api?.Properties['Environment']).toMatchObject({
    Variables: { [PUBLIC_URL]: { 'Fn::GetAtt': [door, 'ApiEndpoint'] } },
  })
})

describe('state', () => {
  test('the table is encrypted, can be restored, and outlives the stack', () => {
    template.hasResource('AWS::DynamoDB::GlobalTable', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
        Replicas: [
          Match.objectLike({
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
            DeletionProtectionEnabled: true,
          }),
        ],
      },
    })
  })

  test('the table is the one that the code is tested on', () => {
    const {
      BillingMode,
      AttributeDefinitions = [],
      KeySchema,
      GlobalSecondaryIndexes,
    } = tableDefinition('argosy')
    const [table] = all('AWS::DynamoDB::GlobalTable')
    expect(table?.Properties).toMatchObject({
      BillingMode,
      KeySchema,
      GlobalSecondaryIndexes,
      TimeToLiveSpecification: { AttributeName: TIME_TO_LIVE, Enabled: true },
    })
    expect(new Set(table?.Properties['AttributeDefinitions'] as unknown[])).toEqual(
      new Set(AttributeDefinitions),
    )
  })

  test('the bucket is encrypted, private, and outlives the stack', () => {
    template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
          ],
        },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        LifecycleConfiguration: {
          Rules: [
            { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, Status: 'Enabled' },
          ],
        },
      },
    })
  })

  test.for(['AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy'])(
    'every %s refuses what is not encrypted on its way',
    (type) => {
      const policies = all(type)
      expect(policies.length).toBeGreaterThan(0)
      for (const { Properties } of policies) {
        expect(JSON.stringify(Properties)).toContain('"Bool":{"aws:SecureTransport":"false"}')
      }
    },
  )

  test('the key rotates and is kept', () => {
    template.hasResource('AWS::KMS::Key', {
      DeletionPolicy: 'Retain',
      Properties: { EnableKeyRotation: true },
    })
  })
})

describe('queues', () => {
  test.for(['repo', 'app', 'cluster'] as const)('%s', (name) => {
    template.hasResourceProperties('AWS::SQS::Queue', {
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: HINT_AGE_MAX.toSeconds(),
      VisibilityTimeout: WORKERS[name].timeoutSeconds * VISIBILITY_TIMEOUTS,
      RedrivePolicy: { maxReceiveCount: RECEIVES_MAX },
    })
  })

  test('every queue but the dead letters has dead letters of its own, with an alarm', () => {
    const queues = Object.entries(resourcesOf(template, 'AWS::SQS::Queue'))
    const working = queues.filter(([, { Properties }]) => Properties['RedrivePolicy'] !== undefined)
    const targets = working.map(([, { Properties }]) =>
      getAtt((Properties['RedrivePolicy'] as Record<string, unknown>)['deadLetterTargetArn']),
    )
    const dead = queues.filter(([id]) => !working.some(([other]) => other === id))
    expect([working.length, new Set(targets).size, dead.length]).toEqual([3, 3, 3])
    expect(dead.map(([id]) => id).toSorted()).toEqual(targets.toSorted())
    for (const [id, { Properties }] of dead) {
      expect(Properties['MessageRetentionPeriod']).toBe(DEAD_LETTER_AGE_MAX.toSeconds())
      template.hasResourceProperties('AWS::CloudWatch::Alarm', {
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [id, 'QueueName'] } }],
        Threshold: 1,
      })
    }
  })

  test('a single retry is no backlog', () => {
    const visibilities = Object.values(WORKERS).map(
      ({ timeoutSeconds }) => timeoutSeconds * VISIBILITY_TIMEOUTS,
    )
    expect(BACKLOG_AGE_SECONDS_MAX).toBeGreaterThan(Math.max(...visibilities))
  })

  test.for(Object.entries(WORKERS))(
    '%s feeds a worker that reports which messages failed',
    ([, shape]) => {
      template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
        BatchSize: shape.batchSize,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: shape.concurrencyMax },
      })
      template.hasResourceProperties('AWS::Lambda::Function', { Timeout: shape.timeoutSeconds })
    },
  )
})

describe('functions', () => {
  test('all five run Node 24 on arm64 with logs that end', () => {
    const functions = all('AWS::Lambda::Function')
    expect(functions.map(({ Properties }) => String(Properties['Description'])).toSorted()).toEqual(
      FUNCTION_NAMES.map((name) => `Argosy ${name}`).toSorted(),
    )
    for (const { Properties } of functions) {
      expect(Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        LoggingConfig: { LogGroup: { Ref: expect.any(String) } },
      })
    }
    const logs = all('AWS::Logs::LogGroup')
    expect(logs.map(({ Properties }) => Properties['RetentionInDays'])).toEqual(
      FUNCTION_NAMES.map(() => 30),
    )
  })

  test('what renders has the engines, whose unpacked size is told', () => {
    const layered = all('AWS::Lambda::Function').filter(({ Properties }) => Properties['Layers'])
    expect(layered.map(({ Properties }) => String(Properties['Description'])).toSorted()).toEqual([
      'Argosy api',
      'Argosy app-worker',
    ])
    template.hasOutput('*', { Value: String(ENGINES_BYTES) })
  })

  test('the poller runs every minute and is never repeated', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(1 minute)',
      Target: { RetryPolicy: { MaximumRetryAttempts: 0 } },
    })
  })

  test('the door is limited', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      StageName: '$default',
      DefaultRouteSettings: {
        ThrottlingRateLimit: REQUESTS_PER_SECOND_MAX,
        ThrottlingBurstLimit: REQUESTS_BURST_MAX,
      },
    })
  })
})

test('alarms of this account may reach the topic', () => {
  template.hasResourceProperties('AWS::SNS::TopicPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Effect: 'Allow',
          Action: 'sns:Publish',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        }),
      ]),
    },
  })
})

test('every alarm wakes somebody and names a heading of the runbook, and every heading an alarm', () => {
  const page = readFileSync(new URL(`../../${RUNBOOK}`, import.meta.url), 'utf8')
  const headings: string[] = [...page.matchAll(/^## (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^a-z0-9 -]/g, '')
      .replaceAll(' ', '-'),
  )
  const alarms = all('AWS::CloudWatch::Alarm')
  const anchors = alarms.map(({ Properties }) => {
    expect(Properties['AlarmActions']).toHaveLength(1)
    return String(Properties['AlarmDescription']).split(`${RUNBOOK}#`)[1]
  })
  expect(anchors.toSorted()).toEqual(headings.toSorted())
})

const getAtt = (value: unknown): string => {
  const { 'Fn::GetAtt': [id = ''] = [] } = value as { 'Fn::GetAtt'?: readonly string[] }
  return id
}
