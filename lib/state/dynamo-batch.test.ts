import { type AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { faultOf } from '../fault/fault.ts'
import { BATCH_ATTEMPTS_MAX, BATCH_WAIT_MS } from './dynamo-batch.ts'
import { createDynamoState } from './dynamo-state.ts'

type Key = Record<string, AttributeValue>
interface BatchRequest {
  readonly RequestItems: {
    readonly argosy: { readonly Keys: readonly Key[] } & readonly object[]
  }
}

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

/** DynamoDB on a bad day: takes `takes[n]` entries of the n-th batch and leaves the rest over. */
async function startStingyDynamo(takes: readonly number[]) {
  const seen: number[] = []
  const answer = ({ RequestItems: { argosy } }: BatchRequest) => {
    const take = takes[seen.length] ?? 0
    if (Array.isArray(argosy)) {
      seen.push(argosy.length)
      const left = argosy.slice(take)
      return { UnprocessedItems: left.length === 0 ? {} : { argosy: left } }
    }
    seen.push(argosy.Keys.length)
    const left = argosy.Keys.slice(take)
    return {
      Responses: { argosy: argosy.Keys.slice(0, take) },
      UnprocessedKeys: left.length === 0 ? {} : { argosy: { Keys: left } },
    }
  }
  const server = createServer((request, response) => {
    void readText(request).then((text) => {
      response.setHeader('content-type', 'application/x-amz-json-1.0')
      response.end(JSON.stringify(answer(JSON.parse(text) as BatchRequest)))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
  stops.push(async () => {
    client.destroy()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const waits: number[] = []
  const state = createDynamoState(client, 'argosy', {
    async wait(ms) {
      waits.push(ms)
    },
  })
  return { state, seen, waits }
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk)
  return text
}

const keys = Array.from({ length: 10 }, (_, index) => ({ pk: 'p', sk: `${index}` }))

test.for<[string, readonly number[], readonly number[], readonly number[]]>([
  // what is taken, what was asked for, how long was waited
  ['everything', [10], [10], []],
  ['a full answer is followed at once', [6, 3, 1], [10, 4, 1], []],
  ['nothing is waited after', [0, 0, 10], [10, 10, 10], [BATCH_WAIT_MS, BATCH_WAIT_MS * 2]],
  ['only the rest is asked for again', [4, 0, 6], [10, 6, 6], [BATCH_WAIT_MS]],
])('%s, reading and writing', async ([, takes, asked, waited]) => {
  const reading = await startStingyDynamo(takes)
  expect((await reading.state.getMany('acme', keys)).map(({ sk }) => sk)).toEqual(
    keys.map(({ sk }) => sk),
  )
  expect([reading.seen, reading.waits]).toEqual([asked, waited])

  const writing = await startStingyDynamo(takes)
  await writing.state.writeMany(
    'acme',
    keys.map((key) => ({ delete: key })),
  )
  expect([writing.seen, writing.waits]).toEqual([asked, waited])
})

test('a table that takes nothing is given up as Throttled', async () => {
  const { state, seen, waits } = await startStingyDynamo([])
  const failed: unknown = await state.getMany('acme', keys).catch((error: unknown) => error)
  expect(faultOf(failed)).toEqual({ code: 'Throttled', service: 'DynamoDB' })
  expect(seen).toHaveLength(BATCH_ATTEMPTS_MAX)
  expect(waits).toEqual([1, 2, 4, 8, 16].map((times) => BATCH_WAIT_MS * times))
})
