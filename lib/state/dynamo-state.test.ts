import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { expect, test } from 'vitest'
import { createDynamoState } from './dynamo-state.ts'
import type { State } from './port.ts'

/** What a call would have sent; nothing leaves the process, and the answer is empty. */
async function sentBy(call: (state: State) => Promise<unknown>): Promise<unknown> {
  const inputs: unknown[] = []
  const client = new DynamoDBClient({ region: 'us-east-1' })
  client.middlewareStack.add(
    () => async (args) => {
      inputs.push(args.input)
      return { output: { $metadata: {} }, response: {} }
    },
    { step: 'initialize' },
  )
  await call(createDynamoState(client, 'argosy'))
  return inputs
}

const KEY = { pk: 'p', sk: 's' }
const STORED = { pk: { S: 'T#acme#p' }, sk: { S: 's' } }

// No emulator lags behind as DynamoDB does, so what is asked for is all that can be tested.
test.for<[string, (state: State) => Promise<unknown>, unknown]>([
  [
    'get',
    (state) => state.get('acme', KEY),
    { TableName: 'argosy', Key: STORED, ConsistentRead: true },
  ],
  [
    'getMany',
    (state) => state.getMany('acme', [KEY, { pk: 'p', sk: 't' }]),
    {
      RequestItems: {
        argosy: { Keys: [STORED, { ...STORED, sk: { S: 't' } }], ConsistentRead: true },
      },
    },
  ],
  [
    'query',
    (state) => state.query('acme', { pk: 'p', skPrefix: 's', limit: 5, cursor: 'sk' }),
    {
      TableName: 'argosy',
      ConsistentRead: true,
      ScanIndexForward: true,
      KeyConditionExpression: '#pk = :pk AND begins_with(#sk, :prefix)',
      ExpressionAttributeNames: { '#pk': 'pk', '#sk': 'sk' },
      ExpressionAttributeValues: { ':pk': { S: 'T#acme#p' }, ':prefix': { S: 's' } },
      Limit: 5,
      ExclusiveStartKey: { pk: { S: 'T#acme#p' }, sk: { S: 'sk' } },
    },
  ],
  [
    'dueNow, the one read of an index',
    (state) => state.dueNow(3, 1_000, 10),
    {
      TableName: 'argosy',
      IndexName: 'due',
      KeyConditionExpression: '#shard = :shard AND #due <= :now',
      ExpressionAttributeNames: { '#shard': 'dueShard', '#due': 'due' },
      ExpressionAttributeValues: { ':shard': { S: '3' }, ':now': { N: '1000' } },
      Limit: 10,
    },
  ],
])('reads are strongly consistent: %s', async ([, call, input]) => {
  expect(await sentBy(call)).toEqual([input])
})

test('reads and side writes of one tenant that are asked for at once travel together', async () => {
  const ask = async (state: State): Promise<void> => {
    const put = { put: { pk: 'p', sk: 'new' } }
    await Promise.all([
      state.get('acme', KEY),
      state.getMany('acme', [KEY, { pk: 'p', sk: 't' }]),
      state.get('other', KEY),
      state.writeMany('acme', [put]),
      state.writeMany('acme', [{ delete: { pk: 'p', sk: 'new' } }, { delete: KEY }]),
    ])
  }
  expect(await sentBy(ask)).toEqual([
    {
      RequestItems: {
        argosy: { Keys: [STORED, { ...STORED, sk: { S: 't' } }], ConsistentRead: true },
      },
    },
    { TableName: 'argosy', Key: { ...STORED, pk: { S: 'T#other#p' } }, ConsistentRead: true },
    {
      RequestItems: {
        argosy: [
          { DeleteRequest: { Key: { ...STORED, sk: { S: 'new' } } } },
          { DeleteRequest: { Key: STORED } },
        ],
      },
    },
  ])
})
