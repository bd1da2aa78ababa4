import { CreateTableCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { startDynamo } from './dynamo.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

const CREATE = new CreateTableCommand({
  TableName: 'table',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
})
const ITEM = { pk: { S: 'a' }, text: { S: 'kept' } }

test('what was written is there after a restart', async () => {
  const path = mkdtempSync(join(tmpdir(), 'argosy-dynamo-'))
  folders.push(path)
  const first = await startDynamo({ path })
  await first.client.send(CREATE)
  await first.client.send(new PutItemCommand({ TableName: 'table', Item: ITEM }))
  await first.stop()
  const second = await startDynamo({ path })
  const read = new GetItemCommand({ TableName: 'table', Key: { pk: { S: 'a' } } })
  const { Item } = await second.client.send(read)
  await second.stop()
  expect(Item).toEqual(ITEM)
})

test('a client that goes away in the middle of a request harms nobody', async () => {
  const dynamo = await startDynamo({ accessKeyId: 'known' })
  await dynamo.client.send(CREATE)
  const socket = connect(Number(new URL(dynamo.endpoint).port), '127.0.0.1')
  await new Promise((resolve) => socket.once('connect', resolve))
  const authorization = 'authorization: AWS4-HMAC-SHA256 Credential=known/'
  socket.write(`POST / HTTP/1.1\r\nhost: 127.0.0.1\r\n${authorization}\r\n`)
  socket.write('content-length: 1000\r\n\r\n{"Table')
  // A whole request after it proves that the server has seen the half one.
  await dynamo.client.send(new PutItemCommand({ TableName: 'table', Item: ITEM }))
  socket.resetAndDestroy()
  const read = new GetItemCommand({ TableName: 'table', Key: { pk: { S: 'a' } } })
  expect((await dynamo.client.send(read)).Item).toEqual(ITEM)
  await dynamo.stop()
})

test('it stops with keep-alive connections open', async () => {
  const dynamo = await startDynamo()
  await dynamo.client.send(CREATE)
  const before = performance.now()
  await dynamo.stop()
  expect(performance.now() - before).toBeLessThan(1_000)
})
