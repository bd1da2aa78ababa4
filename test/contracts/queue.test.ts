import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs'
import { vi } from 'vitest'
import { createMemoryQueue } from '../../lib/queue/memory-queue.ts'
import { QUEUE_NAMES } from '../../lib/queue/port.ts'
import { createSqsQueue } from '../../lib/queue/sqs-queue.ts'
import { startSqs } from '../../local/sqs.ts'
import { queueContract, RECEIVES_MAX, VISIBILITY_MS, type QueueSubject } from './queue.contract.ts'

queueContract('memory', async (): Promise<QueueSubject> => {
  let now = 1_700_000_000_000
  const queue = createMemoryQueue({
    clock: { now: () => now },
    visibilityMs: VISIBILITY_MS,
    receivesMax: RECEIVES_MAX,
  })
  return {
    queue,
    receive: (name) => queue.receive(name),
    delete: (name, receipt) => queue.delete(name, [receipt]),
    changeVisibility: (name, receipt, ms) => queue.changeVisibility(name, receipt, ms),
    dead: async (name) => queue.dead(name),
    advance(ms) {
      now += ms
    },
    async loseEverything() {
      queue.dropAll()
    },
    sendRequests: () => queue.requests(),
    async close() {},
  }
})

queueContract('SQS', async (): Promise<QueueSubject> => {
  // fauxqs asks `Date` what is due at every receive, so moving it is as good as waiting.
  vi.useFakeTimers({ toFake: ['Date'] })
  const sqs = await startSqs({ visibilitySeconds: VISIBILITY_MS / 1000, receivesMax: RECEIVES_MAX })
  let sendRequests = 0
  sqs.client.middlewareStack.add(
    (next, context) => (args) => {
      if (context.commandName === 'SendMessageBatchCommand') sendRequests++
      return next(args)
    },
    { step: 'finalizeRequest', priority: 'low' },
  )
  const receiveFrom = async (QueueUrl: string) => {
    const command = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 })
    const { Messages = [] } = await sqs.client.send(command)
    return Messages.map(({ Body = '', ReceiptHandle = '' }) => ({
      body: Body,
      receipt: ReceiptHandle,
    }))
  }
  return {
    queue: createSqsQueue(sqs.client, sqs.urls),
    receive: (name) => receiveFrom(sqs.urls[name]),
    async delete(name, ReceiptHandle) {
      await sqs.client.send(new DeleteMessageCommand({ QueueUrl: sqs.urls[name], ReceiptHandle }))
    },
    async changeVisibility(name, ReceiptHandle, visibilityMs) {
      const VisibilityTimeout = visibilityMs / 1000
      const input = { QueueUrl: sqs.urls[name], ReceiptHandle, VisibilityTimeout }
      await sqs.client.send(new ChangeMessageVisibilityCommand(input))
    },
    dead: async (name) => (await receiveFrom(sqs.deadUrls[name])).map(({ body }) => body),
    advance: (ms) => void vi.setSystemTime(Date.now() + ms),
    async loseEverything() {
      for (const name of QUEUE_NAMES) {
        await sqs.client.send(new PurgeQueueCommand({ QueueUrl: sqs.urls[name] }))
      }
    },
    sendRequests: () => sendRequests,
    async close() {
      await sqs.stop()
      vi.useRealTimers()
    },
  }
})
