import { SQSClient, type SendMessageBatchCommandInput } from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import { faultOf } from '../fault/fault.ts'
import { createSqsQueue, SEND_ATTEMPTS_MAX } from './sqs-queue.ts'

const URLS = { repo: 'http://queue/repo', app: 'http://queue/app', cluster: 'http://queue/cluster' }

/** A client whose answers come from the row: a letter a request, see `ANSWERS`. */
function aQueue(answers: string) {
  const sent: string[] = []
  const client = new SQSClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  })
  client.middlewareStack.add(
    () => async (args) => {
      const { Entries = [] } = args.input as SendMessageBatchCommandInput
      sent.push(Entries.map(({ MessageBody = '' }) => nameIn(MessageBody)).join(' '))
      const answer = ANSWERS[answers[sent.length - 1] ?? 'k'] ?? (() => [])
      const failed = answer().map((name) => ({
        Id: Entries.find(({ MessageBody = '' }) => nameIn(MessageBody) === name)?.Id,
        Code: answers[sent.length - 1] === 's' ? 'InvalidMessageContents' : 'InternalError',
        SenderFault: answers[sent.length - 1] === 's',
      }))
      return { output: { $metadata: {}, Failed: failed }, response: {} }
    },
    { step: 'initialize' },
  )
  return { queue: createSqsQueue(client, URLS), sent }
}

const nameIn = (body: string): string => (JSON.parse(body) as { name: string }).name

/** k: all taken; p: "b" not taken; s: "b" refused for good; t: slow down; e: broken. */
const ANSWERS: Readonly<Record<string, () => readonly string[]>> = {
  k: () => [],
  p: () => ['b'],
  s: () => ['b'],
  t: () => {
    throw Object.assign(new Error('Rate exceeded'), { name: 'RequestThrottled' })
  },
  e: () => {
    throw Object.assign(new Error('gone'), { name: 'QueueDoesNotExist' })
  },
}

test.for([
  ['k', ['a b c'], 'sent'],
  ['pk', ['a b c', 'b'], 'sent'],
  ['ppk', ['a b c', 'b', 'b'], 'sent'],
  ['ppp', ['a b c', 'b', 'b'], 'Throttled'],
  ['s', ['a b c'], 'Internal'],
  ['ps', ['a b c', 'b'], 'Internal'],
  ['t', ['a b c'], 'Throttled'],
  ['e', ['a b c'], 'Internal'],
] as const)('answers %s: %j, then %s', async ([answers, requests, outcome]) => {
  const { queue, sent } = aQueue(answers)
  const hints = ['a', 'b', 'c'].map((name) => ({ tenant: 'acme', name }))
  const result = await queue.send('app', hints).then(
    () => 'sent',
    (error: unknown) => faultOf(error).code,
  )
  expect([sent, result]).toEqual([requests, outcome])
  expect(sent.length).toBeLessThanOrEqual(SEND_ATTEMPTS_MAX)
})

test('the tenant is the message group, by its digest where SQS would refuse the name', async () => {
  const groups: (string | undefined)[] = []
  const client = new SQSClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  })
  client.middlewareStack.add(
    () => async (args) => {
      const { Entries = [] } = args.input as SendMessageBatchCommandInput
      groups.push(...Entries.map(({ MessageGroupId }) => MessageGroupId))
      return { output: { $metadata: {} }, response: {} }
    },
    { step: 'initialize' },
  )
  const tenants = ['acme', 'ümlaut', 'x'.repeat(129)]
  await createSqsQueue(client, URLS).send(
    'repo',
    tenants.map((tenant) => ({ tenant, name: 'a' })),
  )
  expect(groups).toEqual([
    'acme',
    expect.stringMatching(/^[0-9a-f]{64}$/),
    expect.stringMatching(/^[0-9a-f]{64}$/),
  ])
  expect(groups[1]).not.toBe(groups[2])
})
