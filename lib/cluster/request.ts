import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { Clock } from '../clock/port.ts'
import { ArgosyError } from '../fault/fault.ts'
import type { Answer } from './answers.ts'
import { createGate } from './gate.ts'
import type { ClusterLimits } from './limits.ts'
import type { ClusterConnection } from './port.ts'
import { keepSession, type SessionKeeper } from './session.ts'
import { unreachable } from './unreachable.ts'

export interface ClusterRequest {
  readonly method: 'GET' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly accept?: string
  readonly contentType?: string
  readonly body?: string
}

/** Sends requests to one API server. Every answer with a status is returned, whatever it says. */
export interface Transport {
  send(request: ClusterRequest): Promise<Answer>
  close(): void
}

export interface TransportOptions {
  readonly connection: ClusterConnection
  readonly clock: Clock
  readonly limits: ClusterLimits
  readonly onRequest?: (() => void) | undefined
}

/**
 * Throws `ClusterUnreachable` and `LimitExceeded`. A request whose connection broke is sent once
 * more: everything this port sends is idempotent (applies, and deletes with preconditions). A 429,
 * or an error with `Retry-After`, is sent again as the server asks, within limits.
 */
export function createTransport(options: TransportOptions): Transport {
  const { connection, clock, limits } = options
  const keeper = keepSession(connection, clock, limits)
  const gate = createGate(limits.concurrentRequestsMax)
  const base = new URL(connection.server).pathname.replace(/\/$/, '')

  const sendOnce = async (request: ClusterRequest): Promise<Answer> => {
    options.onRequest?.()
    return exchange(keeper, { ...request, path: base + request.path }, options)
  }

  return {
    send: (request) =>
      gate(async () => {
        for (let retries = 0; ; retries++) {
          const answer = await sendWithReconnect(connection.server, () => sendOnce(request))
          const waitMs = slowDownMs(answer, clock.now(), limits)
          if (waitMs === undefined || retries === limits.slowDownRetriesMax) return answer
          await sleep(waitMs)
        }
      }),
    close: () => keeper.close(),
  }
}

async function sendWithReconnect(server: string, send: () => Promise<Answer>): Promise<Answer> {
  try {
    return await send()
  } catch (error) {
    if (!(error instanceof BrokenConnection)) throw unreachable(server, error)
  }
  try {
    return await send()
  } catch (error) {
    throw unreachable(server, error instanceof BrokenConnection ? error.cause : error)
  }
}

/** How long the server wants us to wait; `undefined` when the answer is final. */
function slowDownMs(answer: Answer, now: number, limits: ClusterLimits): number | undefined {
  const { status, retryAfter } = answer
  if (status !== 429 && (status < 500 || retryAfter === undefined)) return undefined
  const seconds = Number(retryAfter ?? 1)
  const waitMs = Number.isNaN(seconds) ? Date.parse(retryAfter ?? '') - now : seconds * 1000
  return Math.min(limits.retryAfterMaxMs, Math.max(0, Number.isNaN(waitMs) ? 1000 : waitMs))
}

/** The connection was open and broke before an answer came; another attempt may do. */
class BrokenConnection extends Error {}

async function exchange(
  keeper: SessionKeeper,
  request: ClusterRequest,
  { connection, limits }: TransportOptions,
): Promise<Answer> {
  const session = await keeper.open()
  keeper.begin(session)
  const overdue = AbortSignal.timeout(limits.requestTimeoutMs)
  try {
    const stream = openStream(session, request, connection, overdue)
    const { headers, chunks } = await receive(stream, limits.responseBytesMax)
    return {
      status: headers[':status'] ?? 0,
      retryAfter: headers['retry-after'],
      body: await unpack(headers, Buffer.concat(chunks), limits.responseBytesMax),
    }
  } catch (error) {
    if (error instanceof ArgosyError) throw error
    if (!overdue.aborted) throw new BrokenConnection('the connection broke', { cause: error })
    keeper.retire(session)
    const detail = `it did not answer ${request.method} ${request.path.split('?', 1)[0] ?? ''} within ${limits.requestTimeoutMs / 1000} s`
    throw new ArgosyError({ code: 'ClusterUnreachable', cluster: connection.server, detail })
  } finally {
    keeper.end(session)
  }
}

function openStream(
  session: ClientHttp2Session,
  request: ClusterRequest,
  connection: ClusterConnection,
  signal: AbortSignal,
): ClientHttp2Stream {
  const { method, path, accept = 'application/json', contentType, body } = request
  const { bearerToken } = connection
  const stream = session.request(
    {
      ':method': method,
      ':path': path,
      accept,
      'accept-encoding': 'gzip',
      'user-agent': 'argosy',
      ...(bearerToken === undefined ? {} : { authorization: `Bearer ${bearerToken}` }),
      ...(contentType === undefined ? {} : { 'content-type': contentType }),
    },
    { endStream: body === undefined, signal },
  )
  if (body !== undefined) stream.end(body)
  return stream
}

interface Received {
  readonly headers: IncomingHttpHeaders & { readonly ':status'?: number }
  readonly chunks: readonly Buffer[]
}

function receive(stream: ClientHttp2Stream, bytesMax: number): Promise<Received> {
  return new Promise((resolve, reject) => {
    let headers: IncomingHttpHeaders | undefined
    let size = 0
    const chunks: Buffer[] = []
    stream.on('response', (received) => (headers = received))
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length
      chunks.push(chunk)
      if (size > bytesMax) stream.destroy(tooLarge(bytesMax))
    })
    stream.on('end', () => {
      if (headers !== undefined && !stream.aborted) resolve({ headers, chunks })
    })
    stream.on('error', reject)
    stream.on('close', () => reject(new Error('the connection was closed before an answer came')))
  })
}

const gunzipAsync = promisify(gunzip)

async function unpack(
  headers: IncomingHttpHeaders,
  bytes: Buffer,
  maxOutputLength: number,
): Promise<string> {
  if (headers['content-encoding'] !== 'gzip') return bytes.toString('utf8')
  try {
    return (await gunzipAsync(bytes, { maxOutputLength })).toString('utf8')
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(maxOutputLength)
    throw error
  }
}

const tooLarge = (bytesMax: number): ArgosyError =>
  new ArgosyError({
    code: 'LimitExceeded',
    limit: 'responseBytesMax',
    message: `an answer of the cluster is larger than ${bytesMax} bytes; Argosy does not read it`,
  })
