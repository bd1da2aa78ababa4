import type { ITable } from 'aws-cdk-lib/aws-dynamodb'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import type { IBucket } from 'aws-cdk-lib/aws-s3'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import { DUE_INDEX } from './constructs/state-table.ts'

/** Written out, because CDK's own `grant` helpers allow scans, streams, wildcards and more. */
export const readWriteItems = (table: ITable): PolicyStatement =>
  new PolicyStatement({
    actions: [
      'dynamodb:GetItem',
      'dynamodb:BatchGetItem',
      'dynamodb:Query',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'dynamodb:DeleteItem',
      'dynamodb:BatchWriteItem',
    ],
    resources: [table.tableArn],
  })

/** The one question across tenants (law 10), so it has a role to itself: who is due, not with what. */
export const queryDue = (table: ITable): PolicyStatement =>
  new PolicyStatement({
    actions: ['dynamodb:Query'],
    resources: [`${table.tableArn}/index/${DUE_INDEX}`],
  })

export const send = (...queues: readonly IQueue[]): PolicyStatement =>
  new PolicyStatement({
    actions: ['sqs:SendMessage'],
    resources: queues.map(({ queueArn }) => queueArn),
  })

/** Objects, and the bucket's list: without that, a blob that is absent answers 403 instead of 404. */
export const readWriteBlobs = (bucket: IBucket): readonly PolicyStatement[] => [
  new PolicyStatement({
    actions: ['s3:GetObject', 's3:PutObject'],
    // `infra/wildcards.ts` has the reason.
    resources: [`${bucket.bucketArn}/*`],
  }),
  new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }),
]

export const openSecrets = (key: IKey): PolicyStatement => withKey(key, ['kms:Decrypt'])

export const sealSecrets = (key: IKey): PolicyStatement =>
  withKey(key, ['kms:GenerateDataKey', 'kms:Decrypt'])

/** Only with an encryption context that names a tenant: a forgotten context is refused by KMS. */
const withKey = (key: IKey, actions: string[]): PolicyStatement =>
  new PolicyStatement({
    actions,
    resources: [key.keyArn],
    conditions: { 'ForAnyValue:StringEquals': { 'kms:EncryptionContextKeys': ['tenant'] } },
  })
