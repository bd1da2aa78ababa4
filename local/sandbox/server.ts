import { once } from 'node:events'
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from 'node:http2'
import type { Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { type JsonObject, stringifyJson } from '../../lib/std/json.ts'
import { refusalOf } from '../foreign-requests.ts'
import type { Credentials } from './credentials.ts'
import type { ApiAnswer, ApiRequest } from './request.ts'
import { type RouteContext, serveApi, servePublic } from './routes.ts'
import { StatusError, statusOf } from './status.ts'

export interface ApiServer {
  readonly port: number
  stop(): Promise<void>
}

/** As a real server: larger objects are refused. */
export const BODY_BYTES_MAX = 3 * 1024 * 1024
const GZIP_FROM_BYTES = 128 * 1024
const BOOKMARK_EVERY_MS = 60_000

export interface ServerOptions {
  readonly context: RouteContext
  readonly credentials: Credentials
  readonly onError: (error: unknown) => void
}

/** HTTPS with HTTP/2 and HTTP/1.1 on 127.0.0.1; on a free port when the one of last time is taken. */
export async function startServer(options: ServerOptions): Promise<ApiServer> {
  const { certificate: cert, key, port } = options.credentials
  const server = createSecureServer({ cert, key, allowHTTP1: true }, (incoming, outgoing) => {
    serve(options, incoming, outgoing).catch((error: unknown) => {
      options.onError(error)
      outgoing.stream?.destroy()
    })
  })
  const closeAll = trackConnections(server)
  await listen(server, port).catch((error: unknown) => {
    if (port === 0) throw error
    return listen(server, 0)
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    async stop() {
      const closed = once(server, 'close')
      server.close()
      closeAll()
      await closed
    },
  }
}

async function listen(server: Http2SecureServer, port: number): Promise<void> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
}

/** Clients keep connections, and watches never end by themselves. */
function trackConnections(server: Http2SecureServer): () => void {
  const sessions = new Set<ServerHttp2Session>()
  const sockets = new Set<Socket>()
  server.on('session', (session) => {
    sessions.add(session)
    session.on('close', () => sessions.delete(session))
    session.on('error', () => session.destroy())
  })
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  return () => {
    for (const session of sessions) session.destroy()
    for (const socket of sockets) socket.destroy()
  }
}

async function serve(
  options: ServerOptions,
  incoming: Http2ServerRequest,
  outgoing: Http2ServerResponse,
): Promise<void> {
  let answer: ApiAnswer
  try {
    answer = await answerTo(options, incoming)
  } catch (error) {
    if (!(error instanceof StatusError)) options.onError(error)
    const known =
      error instanceof StatusError
        ? error
        : new StatusError(500, 'InternalError', `Internal error occurred: ${String(error)}`)
    answer = { status: known.code, body: statusOf(known) }
  }
  if ('watch' in answer) return stream(outgoing, answer)
  send(incoming, outgoing, answer)
}

async function answerTo(
  { context }: ServerOptions,
  incoming: Http2ServerRequest,
): Promise<ApiAnswer> {
  const { ':authority': authority, host = authority, origin } = incoming.headers
  const refusal = refusalOf({ host, origin })
  if (refusal !== undefined) throw new StatusError(403, 'Forbidden', refusal)
  const body = await readBody(incoming)
  const url = new URL(incoming.url, 'https://localhost')
  const shown = servePublic(url.pathname)
  if (shown !== undefined) return shown
  const { authorization, accept, 'user-agent': agent } = incoming.headers
  const user = context.access.userOf(authorization)
  const request: ApiRequest = {
    method: incoming.method,
    path: url.pathname,
    query: url.searchParams,
    accept: accept ?? '',
    userAgent: agent ?? '',
    user,
    ...(await decodeBody(context, body, incoming.headers['content-type'] ?? '')),
  }
  return serveApi(context, request)
}

const PROTOBUF = 'application/vnd.kubernetes.protobuf'

/** Typed clients write protobuf; everything behind this line reads JSON or YAML. */
async function decodeBody(
  { fields }: RouteContext,
  body: Buffer,
  contentType: string,
): Promise<Pick<ApiRequest, 'body' | 'contentType'>> {
  if (!contentType.startsWith(PROTOBUF) || body.length === 0) {
    return { body: body.toString(), contentType }
  }
  return { body: stringifyJson(await fields.decode(body)), contentType: 'application/json' }
}

async function readBody(incoming: Http2ServerRequest): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= BODY_BYTES_MAX) chunks.push(chunk)
  }
  if (size <= BODY_BYTES_MAX) return Buffer.concat(chunks)
  const message = `the request is too large: ${size} bytes, limit ${BODY_BYTES_MAX}`
  throw new StatusError(413, 'RequestEntityTooLarge', message)
}

function send(
  incoming: Http2ServerRequest,
  outgoing: Http2ServerResponse,
  answer: Extract<ApiAnswer, { readonly status: number }>,
): void {
  const { status, body, contentType = 'application/json' } = answer
  const bytes = Buffer.from(typeof body === 'string' ? body : stringifyJson(body))
  const isPacked =
    bytes.length >= GZIP_FROM_BYTES &&
    String(incoming.headers['accept-encoding'] ?? '').includes('gzip')
  outgoing.statusCode = status
  outgoing.setHeader('content-type', contentType)
  if (isPacked) outgoing.setHeader('content-encoding', 'gzip')
  outgoing.end(isPacked ? gzipSync(bytes, { level: 1 }) : bytes)
}

function stream(
  outgoing: Http2ServerResponse,
  { watch, timeoutMs, bookmark }: Extract<ApiAnswer, { readonly timeoutMs: number }>,
): void {
  outgoing.writeHead(200, { 'content-type': 'application/json' })
  // HTTP/1.1 keeps headers back until there is something to send with them.
  const flush: unknown = Reflect.get(outgoing, 'flushHeaders')
  if (typeof flush === 'function') Reflect.apply(flush, outgoing, [])
  let stop: () => void = () => undefined
  const write = (event: JsonObject): void => {
    outgoing.write(`${stringifyJson(event)}\n`)
    if (event['type'] === 'ERROR') outgoing.end()
  }
  const timer = setTimeout(() => outgoing.end(), timeoutMs).unref()
  const marks = setInterval(() => {
    if (bookmark !== undefined) write(bookmark())
  }, BOOKMARK_EVERY_MS).unref()
  outgoing.on('close', () => {
    clearTimeout(timer)
    clearInterval(marks)
    stop()
  })
  stop = watch(write)
}
