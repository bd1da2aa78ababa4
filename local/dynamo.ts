import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import dynalite from 'dynalite'
import { once } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { guardServer, newAccessKey } from './foreign-requests.ts'
import { credentialsOf, LOCAL_REGION, SOCKETS_MAX } from './local-account.ts'
import { localSigner } from './local-signer.ts'

export interface LocalDynamo {
  readonly endpoint: string
  readonly client: DynamoDBClient
  stop(): Promise<void>
}

export interface DynamoOptions {
  readonly path?: string
  readonly accessKeyId?: string
}

/**
 * DynamoDB in this process, on a free port of 127.0.0.1; in memory without `path`. Two servers on
 * one folder break each other: hold `lockDataFolder` first. It answers only to `accessKeyId`, by
 * default a new one that only the client knows: dynalite itself lets every web page in.
 */
export async function startDynamo({
  path,
  accessKeyId = newAccessKey(),
}: DynamoOptions = {}): Promise<LocalDynamo> {
  const folder = path === undefined ? {} : { path }
  const server = dynalite({ ...folder, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 })
  surviveBrokenRequests(server)
  guardServer(server, accessKeyId)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const endpoint = `http://127.0.0.1:${portOf(server)}`
  const client = new DynamoDBClient({
    endpoint,
    region: LOCAL_REGION,
    credentials: credentialsOf(accessKeyId),
    signer: localSigner(accessKeyId),
    requestHandler: { httpAgent: { keepAlive: true, maxSockets: SOCKETS_MAX } },
  })
  return {
    endpoint,
    client,
    async stop() {
      client.destroy()
      const closed = once(server, 'close')
      const stored = new Promise<void>((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()))
      })
      // `close` waits for connections, and clients keep theirs alive.
      server.closeAllConnections()
      await Promise.all([closed, stored])
    },
  }
}

/** dynalite throws out of an event when a client goes away in the middle, which would end us. */
function surviveBrokenRequests(server: Server): void {
  const handlers = server.listeners('request') as ((
    request: IncomingMessage,
    response: ServerResponse,
  ) => void)[]
  server.removeAllListeners('request')
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    for (const handle of handlers) handle(request, response)
    request.removeAllListeners('error')
    request.on('error', () => response.destroy())
  })
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
