import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { RECEIVES_MAX, VISIBILITY_TIMEOUTS, WORKERS } from '../functions/config-names.ts'
import { faultOf } from '../lib/fault/fault.ts'
import { QUEUE_NAMES } from '../lib/queue/port.ts'
import { startLocalAws } from './aws.ts'

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'argosy-aws-'))
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

const KEY = { pk: { S: 'T#default#a' }, sk: { S: 'b' } }

test('the table is there at once, and what is in it survives a restart', async () => {
  const first = await startLocalAws({ dataDir })
  const Item = { ...KEY, text: { S: 'kept' } }
  await first.dynamo.client.send(new PutItemCommand({ TableName: first.table, Item }))
  await first.stop()
  const second = await startLocalAws({ dataDir })
  const read = new GetItemCommand({ TableName: second.table, Key: KEY })
  expect((await second.dynamo.client.send(read)).Item).toEqual(Item)
  await second.stop()
})

test('everything listens on this machine only', async () => {
  const aws = await startLocalAws({ dataDir })
  const hosts = [aws.dynamo.endpoint, aws.sqs.endpoint].map((url) => new URL(url).hostname)
  await aws.stop()
  expect(hosts).toEqual(['127.0.0.1', '127.0.0.1'])
})

test('each queue has the visibility of its worker and dead letters of its own', async () => {
  const aws = await startLocalAws({ dataDir })
  const shown = await Promise.all(
    QUEUE_NAMES.map(async (name) => {
      const QueueUrl = aws.sqs.urls[name]
      const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] })
      const { Attributes = {} } = await aws.sqs.client.send(command)
      return [Attributes['VisibilityTimeout'], Attributes['RedrivePolicy']]
    }),
  )
  await aws.stop()
  expect(shown).toEqual(
    QUEUE_NAMES.map((name) => [
      String(WORKERS[name].timeoutSeconds * VISIBILITY_TIMEOUTS),
      JSON.stringify({
        deadLetterTargetArn: `arn:aws:sqs:us-east-1:000000000000:argosy-${name}-dead`,
        maxReceiveCount: RECEIVES_MAX,
      }),
    ]),
  )
})

test('a folder in use is refused by name and process, and free again after the stop', async () => {
  const aws = await startLocalAws({ dataDir })
  const refused = await startLocalAws({ dataDir }).catch((error: unknown) => error)
  expect(faultOf(refused)).toEqual({
    code: 'FailedPrecondition',
    message: `data folder ${dataDir} is in use by process ${process.pid}; stop that process, or choose another folder with --data`,
  })
  await aws.stop()
  await (await startLocalAws({ dataDir })).stop()
})

test('a start costs little, and a stop waits for no idle connection', async () => {
  const before = process.cpuUsage()
  const aws = await startLocalAws({ dataDir })
  const { user, system } = process.cpuUsage(before)
  const begin = performance.now()
  await aws.stop()
  const stopMs = performance.now() - begin
  // Processor time, because a busy machine says nothing about us: 0.3 s, and room for a cold start.
  expect([(user + system) / 1_000 < 600, stopMs < 1_000]).toEqual([true, true])
})
