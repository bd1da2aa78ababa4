import { KMSClient } from '@aws-sdk/client-kms'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { createMemoryKeys } from '../../lib/secrets/memory-keys.ts'
import { isObject } from '../../lib/std/json.ts'
import { credentialsOf, LOCAL_REGION } from '../../local/local-account.ts'

export const FAKE_KEY_ID =
  'arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555'

export interface FakeKms {
  readonly client: KMSClient
  /** Answers all later requests with this error of KMS; `undefined` ends that. */
  failWith(error: string | undefined): void
  /** Operations asked for, each with its encryption context. */
  readonly asked: readonly string[]
  stop(): Promise<void>
}

/** Speaks the two operations of KMS's JSON protocol that Argosy uses, on 127.0.0.1. */
export async function startFakeKms(): Promise<FakeKms> {
  const keys = createMemoryKeys()
  const asked: string[] = []
  let failure: string | undefined
  const answer = async (operation: string, body: Readonly<Record<string, unknown>>) => {
    const context = contextOf(body['EncryptionContext'])
    asked.push(`${operation} ${JSON.stringify(context)}`)
    if (failure !== undefined) throw new KmsError(failure)
    if (body['KeyId'] !== FAKE_KEY_ID) throw new KmsError('NotFoundException')
    if (operation === 'TrentService.GenerateDataKey') {
      const { plain, wrapped } = await keys.generate(context)
      return { KeyId: FAKE_KEY_ID, Plaintext: toBase64(plain), CiphertextBlob: toBase64(wrapped) }
    }
    const wrapped = new Uint8Array(Buffer.from(String(body['CiphertextBlob']), 'base64'))
    const plain = await keys.unwrap(context, wrapped).catch(() => {
      throw new KmsError('InvalidCiphertextException')
    })
    return { KeyId: FAKE_KEY_ID, Plaintext: toBase64(plain) }
  }
  const server = createServer((request, response) => {
    const reply = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' })
      response.end(JSON.stringify(body))
    }
    readJson(request)
      .then((body) => answer(String(request.headers['x-amz-target']), body))
      .then(
        (body) => reply(200, body),
        (error: unknown) => reply(400, { __type: String(error instanceof KmsError && error.name) }),
      )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const client = new KMSClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: LOCAL_REGION,
    credentials: credentialsOf('local'),
    maxAttempts: 1,
  })
  return {
    client,
    asked,
    failWith(error) {
      failure = error
    },
    async stop() {
      client.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

class KmsError extends Error {
  constructor(name: string) {
    super(name)
    this.name = name
  }
}

function contextOf(given: unknown): { readonly tenant: string; readonly purpose: string } {
  const { tenant, purpose } = isObject(given) ? given : {}
  if (typeof tenant !== 'string' || typeof purpose !== 'string')
    throw new KmsError('ValidationException')
  return { tenant, purpose }
}

async function readJson(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk)
  const body: unknown = JSON.parse(text)
  return isObject(body) ? body : {}
}

const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
