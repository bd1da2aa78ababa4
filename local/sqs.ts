import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import { buildApp } from 'fauxqs'
import { QUEUE_NAMES, type QueueName } from '../lib/queue/port.ts'
import { createSqsStores } from './sqs-store.ts'
import { guardServer, newAccessKey } from './foreign-requests.ts'
import { credentialsOf, LOCAL_ACCOUNT, LOCAL_REGION, SOCKETS_MAX } from './local-account.ts'
import { localSigner } from './local-signer.ts'

export interface LocalSqs {
  readonly endpoint: string
  readonly client: SQSClient
  readonly urls: Readonly<Record<QueueName, string>>
  /** Where messages go that were received too often. */
  readonly deadUrls: Readonly<Record<QueueName, string>>
  stop(): Promise<void>
}

export interface LocalSqsOptions {
  /** How long a received message is hidden; one value for all queues or one for each. */
  readonly visibilitySeconds: number | Readonly<Record<QueueName, number>>
  readonly receivesMax: number
}

/**
 * SQS in this process, on a free port of 127.0.0.1. Messages live in memory: losing them all is
 * harmless, because state holds what is to be done (law 1). Only its own client is answered.
 */
export async function startSqs({
  visibilitySeconds,
  receivesMax,
}: LocalSqsOptions): Promise<LocalSqs> {
  const app = buildApp({
    logger: false,
    defaultRegion: LOCAL_REGION,
    stores: await createSqsStores(),
  })
  const accessKeyId = newAccessKey()
  guardServer(app.server, accessKeyId)
  const endpoint = await app.listen({ host: '127.0.0.1', port: 0 })
  const client = new SQSClient({
    endpoint,
    region: LOCAL_REGION,
    credentials: credentialsOf(accessKeyId),
    signer: localSigner(accessKeyId),
    // Every long poll holds a socket for up to 20 s; sends must not wait behind them.
    requestHandler: { httpAgent: { keepAlive: true, maxSockets: SOCKETS_MAX } },
    // A queue URL names a host that does not resolve here; `endpoint` is where the server is.
    useQueueUrlAsEndpoint: false,
  })

  const queues = await Promise.all(
    QUEUE_NAMES.map(async (name) => {
      const visibility =
        typeof visibilitySeconds === 'number' ? visibilitySeconds : visibilitySeconds[name]
      return createPair(client, name, { visibility, receivesMax })
    }),
  )
  const byName = (pick: (pair: QueuePair) => string): Record<QueueName, string> =>
    Object.fromEntries(queues.map((pair) => [pair.name, pick(pair)])) as Record<QueueName, string>

  return {
    endpoint,
    client,
    urls: byName(({ url }) => url),
    deadUrls: byName(({ deadUrl }) => deadUrl),
    async stop() {
      client.destroy()
      app.server.closeAllConnections()
      await app.close()
    },
  }
}

interface QueuePair {
  readonly name: QueueName
  readonly url: string
  readonly deadUrl: string
}

async function createPair(
  client: SQSClient,
  name: QueueName,
  { visibility, receivesMax }: { readonly visibility: number; readonly receivesMax: number },
): Promise<QueuePair> {
  const deadName = `argosy-${name}-dead`
  const dead = await client.send(new CreateQueueCommand({ QueueName: deadName }))
  const queue = await client.send(
    new CreateQueueCommand({
      QueueName: `argosy-${name}`,
      Attributes: {
        VisibilityTimeout: String(visibility),
        RedrivePolicy: JSON.stringify({
          deadLetterTargetArn: `arn:aws:sqs:${LOCAL_REGION}:${LOCAL_ACCOUNT}:${deadName}`,
          maxReceiveCount: receivesMax,
        }),
      },
    }),
  )
  return { name, url: queue.QueueUrl ?? '', deadUrl: dead.QueueUrl ?? '' }
}
