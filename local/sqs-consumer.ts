import {
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type Message,
  type MessageAttributeValue,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import type { SQSMessageAttributes, SQSRecord } from 'aws-lambda'
import { ArgosyError } from '../lib/fault/fault.ts'

/** The consumer's side of one SQS queue, giving messages in the form of Lambda's events. */
export interface SqsConsumer {
  readonly visibilityMs: number
  /** Waits up to `waitSeconds` for the first of at most `max` messages; ten at most come at once. */
  receive(max: number, waitSeconds: number): Promise<readonly SQSRecord[]>
  /** Throws when a message could not be deleted; it comes back then. */
  delete(messages: readonly SQSRecord[]): Promise<void>
}

const BATCH_MAX = 10

export async function openSqsConsumer(
  client: SQSClient,
  url: string,
  abortSignal: AbortSignal,
): Promise<SqsConsumer> {
  const attributes = await client.send(
    new GetQueueAttributesCommand({
      QueueUrl: url,
      AttributeNames: ['QueueArn', 'VisibilityTimeout'],
    }),
  )
  const arn = attributes.Attributes?.['QueueArn'] ?? ''
  return {
    visibilityMs: Number(attributes.Attributes?.['VisibilityTimeout'] ?? 0) * 1_000,
    async receive(max, waitSeconds) {
      const command = new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: Math.min(max, BATCH_MAX),
        WaitTimeSeconds: waitSeconds,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      })
      const { Messages = [] } = await client.send(command, { abortSignal })
      return Messages.map((message) => recordOf(message, arn))
    },
    async delete(messages) {
      for (let start = 0; start < messages.length; start += BATCH_MAX) {
        await deleteBatch(client, url, messages.slice(start, start + BATCH_MAX))
      }
    },
  }
}

async function deleteBatch(
  client: SQSClient,
  url: string,
  messages: readonly SQSRecord[],
): Promise<void> {
  const Entries = messages.map(({ receiptHandle }, index) => ({
    Id: String(index),
    ReceiptHandle: receiptHandle,
  }))
  const { Failed = [] } = await client.send(
    new DeleteMessageBatchCommand({ QueueUrl: url, Entries }),
  )
  if (Failed.length === 0) return
  throw new ArgosyError({
    code: 'Internal',
    message: `queue ${url}: ${Failed.length} messages were not deleted: ${Failed[0]?.Message ?? ''}`,
  })
}

const recordOf = (message: Message, arn: string): SQSRecord => ({
  messageId: message.MessageId ?? '',
  receiptHandle: message.ReceiptHandle ?? '',
  body: message.Body ?? '',
  attributes: {
    ApproximateReceiveCount: '1',
    SentTimestamp: '0',
    SenderId: '',
    ApproximateFirstReceiveTimestamp: '0',
    ...message.Attributes,
  },
  messageAttributes: attributesOf(message.MessageAttributes ?? {}),
  md5OfBody: message.MD5OfBody ?? '',
  eventSource: 'aws:sqs',
  eventSourceARN: arn,
  awsRegion: arn.split(':')[3] ?? '',
})

const attributesOf = (attributes: Record<string, MessageAttributeValue>): SQSMessageAttributes =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType = 'String', StringValue, BinaryValue }]) => [
      name,
      {
        dataType: DataType,
        ...(StringValue !== undefined && { stringValue: StringValue }),
        ...(BinaryValue !== undefined && {
          binaryValue: Buffer.from(BinaryValue).toString('base64'),
        }),
      },
    ]),
  )
