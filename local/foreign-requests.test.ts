import http from 'node:http'
import { ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { ListQueuesCommand } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startDynamo, type LocalDynamo } from './dynamo.ts'
import { isOwnHost, refusalOf } from './foreign-requests.ts'
import { listen } from './listen.ts'
import { startSqs, type LocalSqs } from './sqs.ts'

test.for([
  ['127.0.0.1', true],
  ['127.0.0.1:8080', true],
  ['LocalHost:1', true],
  [undefined, false],
  ['', false],
  ['evil.example', false],
  ['127.0.0.1.evil.example', false],
  ['127.0.0.1:80@evil.example', false],
] as const)('%s is our own host: %s', ([host, isOwn]) => {
  expect(isOwnHost(host)).toBe(isOwn)
})

test.for(['https://evil.example', 'http://127.0.0.1:1', 'null'])(
  'a page of %s is refused',
  (origin) => {
    expect(refusalOf({ host: '127.0.0.1', origin })).toBe('web pages may not use this server')
  },
)

/** `fetch` does not let go of its own Host. */
function ask(
  url: string,
  options: http.RequestOptions,
): Promise<{ status: number; headers: http.IncomingHttpHeaders }> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { agent: false, ...options }, (response) => {
      response.resume()
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers }),
      )
    })
    request.on('error', reject)
    request.end(options.method === 'POST' ? '{}' : undefined)
  })
}

describe('the embedded AWS', () => {
  let dynamo: LocalDynamo
  let sqs: LocalSqs
  beforeAll(async () => {
    dynamo = await startDynamo()
    sqs = await startSqs({ visibilitySeconds: 30, receivesMax: 5 })
  })
  afterAll(async () => {
    await dynamo.stop()
    await sqs.stop()
  })

  test('answers the clients that it was started with', async () => {
    expect((await dynamo.client.send(new ListTablesCommand())).TableNames).toEqual([])
    expect((await sqs.client.send(new ListQueuesCommand())).QueueUrls).toHaveLength(6)
  })

  const authorization = (key: string) =>
    `AWS4-HMAC-SHA256 Credential=${key}/20260101/us-east-1/x/aws4_request, SignedHeaders=host, Signature=x`
  test.for<readonly [string, http.RequestOptions]>([
    ['a guessed key', { headers: { authorization: authorization('local') } }],
    ['no key', {}],
    ['a web page', { headers: { origin: 'https://evil.example' } }],
    ['a preflight', { method: 'OPTIONS', headers: { origin: 'https://evil.example' } }],
    ['a rebound name', { headers: { host: 'evil.example' } }],
  ])('refuses %s', async ([, options]) => {
    for (const { endpoint } of [dynamo, sqs]) {
      const { status, headers } = await ask(endpoint, { method: 'POST', ...options })
      expect([status, headers['access-control-allow-origin']]).toEqual([403, undefined])
    }
  })

  test('has another key at each start', async () => {
    const other = await startDynamo()
    const key = async ({ client }: LocalDynamo) => (await client.config.credentials()).accessKeyId
    expect(await key(other)).not.toBe(await key(dynamo))
    await other.stop()
  })
})

test('the API answers to its own names only', async () => {
  const api = await listen(0, () => () => new Response('hello'))
  const statusFor = async (host: string) => (await ask(api.url, { headers: { host } })).status
  const statuses = [
    await statusFor('127.0.0.1'),
    await statusFor(`localhost:${api.port}`),
    await statusFor('evil.example'),
    await statusFor(`evil.example:${api.port}`),
  ]
  await api.stop()
  expect(statuses).toEqual([200, 200, 421, 421])
})
