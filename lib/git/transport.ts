import http from 'node:http'
import https from 'node:https'
import { ArgosyError, type Fault } from '../fault/fault.ts'
import { hideCredentials, parseHttpUrl } from '../source/repo-url.ts'
import type { GitLimits } from './limits.ts'
import type { Repo } from './port.ts'
import { checkLiteralHost, PrivateHostError, publicOnly } from './public-hosts.ts'

/** HTTP to Git servers: connections kept, time and size limits, credentials, failures as faults. */
export interface Transport {
  send(request: GitRequest): Promise<GitAnswer>
}

export interface GitRequest {
  readonly repo: Repo
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  /** Bytes of the answer at most; defaults to `packBytes`. */
  readonly bytesMax?: number | undefined
}

export interface GitAnswer {
  /** Where the answer came from, after redirects. */
  readonly url: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Ends with a fault when the connection breaks or `packBytes` is exceeded. */
  readonly body: AsyncIterable<Uint8Array>
}

export interface TransportOptions {
  readonly limits: Pick<GitLimits, 'packBytes'>
  /** Called once for each request that goes out. */
  readonly onRequest?: (() => void) | undefined
  readonly timeouts?: Partial<Timeouts> | undefined
  /** Whether repositories may be on this machine and the networks around it; false by default. */
  readonly allowPrivateHosts?: boolean | undefined
}

export interface Timeouts {
  /** Longest silence of a server. Milliseconds. */
  readonly silenceMs: number
  /** Longest duration of one request with its answer. Milliseconds. */
  readonly totalMs: number
}

const TIMEOUTS: Timeouts = { silenceMs: 20_000, totalMs: 120_000 }

/**
 * Answers only 200; throws `RepositoryUnreachable`, `RepositoryRefused`, `RepositoryForbidden` and
 * `NotARepository`. A tenant writes the URL, so it leads to the internet only, unless told otherwise.
 * Redirects are followed on the same host only, and never from https to http, so that
 * credentials go nowhere else.
 */
export function createTransport(options: TransportOptions): Transport {
  const allowPrivateHosts = options.allowPrivateHosts ?? false
  const sockets = {
    keepAlive: true,
    maxSockets: SOCKETS_PER_HOST_MAX,
    ...(allowPrivateHosts ? {} : { lookup: publicOnly() }),
  }
  const context: Context = {
    agents: { 'http:': new http.Agent(sockets), 'https:': new https.Agent(sockets) },
    allowPrivateHosts,
    timeouts: { ...TIMEOUTS, ...options.timeouts },
    packBytes: options.limits.packBytes,
    onRequest: options.onRequest ?? (() => undefined),
  }

  return {
    async send(request) {
      let url = parseHttpUrl(request.url)
      for (let hops = 0; ; hops++) {
        const response = await sendOnce(context, request, url)
        const status = response.statusCode ?? 0
        if (status === 200) return answer(context, request, url, response)
        response.resume()
        url = redirectTarget(request.repo, url, response)
        if (hops === REDIRECTS_MAX)
          throw notARepository(request.repo, 'the server redirects without end')
      }
    },
  }
}

export const unreachable = (repo: Repo, detail: string, cause?: unknown): ArgosyError =>
  new ArgosyError(
    { code: 'RepositoryUnreachable', repo: hideCredentials(repo.url), detail },
    { cause },
  )

export const notARepository = (repo: Repo, detail: string, cause?: unknown): ArgosyError =>
  new ArgosyError({ code: 'NotARepository', repo: hideCredentials(repo.url), detail }, { cause })

const SOCKETS_PER_HOST_MAX = 8
const REDIRECTS_MAX = 4

interface Context {
  readonly agents: Readonly<Record<string, http.Agent>>
  readonly allowPrivateHosts: boolean
  readonly timeouts: Timeouts
  readonly packBytes: number
  readonly onRequest: () => void
}

/** Once more where a kept connection turns out to be closed: what we ask for only reads. */
async function sendOnce(
  context: Context,
  request: GitRequest,
  url: URL,
): Promise<http.IncomingMessage> {
  for (;;) {
    if (!context.allowPrivateHosts) refusePrivateHost(request.repo, url)
    const attempt = start(context, request, url)
    try {
      return await attempt.response
    } catch (cause) {
      if (cause instanceof PrivateHostError) throw forbidden(request.repo, cause)
      const isStale = attempt.sent.reusedSocket && codeOf(cause) === 'ECONNRESET'
      if (!isStale) throw unreachable(request.repo, describeFailure(cause, context.timeouts), cause)
    }
  }
}

function refusePrivateHost(repo: Repo, url: URL): void {
  try {
    checkLiteralHost(url.hostname)
  } catch (cause) {
    throw cause instanceof PrivateHostError ? forbidden(repo, cause) : cause
  }
}

const forbidden = (repo: Repo, cause: PrivateHostError): ArgosyError =>
  new ArgosyError(
    { code: 'RepositoryForbidden', repo: hideCredentials(repo.url), host: cause.host },
    { cause },
  )

function start(
  context: Context,
  request: GitRequest,
  url: URL,
): { sent: http.ClientRequest; response: Promise<http.IncomingMessage> } {
  context.onRequest()
  const authorization = authorizationOf(request.repo)
  const sent = (url.protocol === 'https:' ? https : http).request(withoutUser(url), {
    method: request.method,
    agent: context.agents[url.protocol],
    signal: AbortSignal.timeout(context.timeouts.totalMs),
    timeout: context.timeouts.silenceMs,
    headers: {
      // Hosts serve their web pages to whatever does not look like Git.
      'user-agent': 'git/2.0 (argosy)',
      ...request.headers,
      ...(authorization === undefined ? {} : { authorization }),
      ...(request.body === undefined ? {} : { 'content-length': request.body.length }),
    },
  })
  const response = new Promise<http.IncomingMessage>((resolve, reject) => {
    sent.on('response', resolve)
    sent.on('error', reject)
    sent.on('timeout', () => sent.destroy(new Error(SILENCE)))
  })
  sent.end(request.body)
  return { sent, response }
}

function answer(
  context: Context,
  request: GitRequest,
  url: URL,
  response: http.IncomingMessage,
): GitAnswer {
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
  )
  return { url: url.href, status: 200, headers, body: readBody(context, request, response) }
}

async function* readBody(
  { packBytes, timeouts }: Context,
  { repo, bytesMax = packBytes }: GitRequest,
  response: http.IncomingMessage,
): AsyncGenerator<Uint8Array> {
  let bytes = 0
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > bytesMax) throw tooLarge(repo, bytesMax)
      yield chunk
    }
  } catch (cause) {
    if (cause instanceof ArgosyError) throw cause
    throw unreachable(repo, describeFailure(cause, timeouts), cause)
  }
}

const tooLarge = (repo: Repo, bytesMax: number): ArgosyError =>
  new ArgosyError({
    code: 'LimitExceeded',
    limit: 'packBytes',
    message: `repository ${hideCredentials(repo.url)} is too large: the server sends more than ${bytesMax} bytes`,
  })

/** Where to ask instead; throws the fault for every answer that is not a redirect to follow. */
function redirectTarget(repo: Repo, from: URL, response: http.IncomingMessage): URL {
  const status = response.statusCode ?? 0
  const location = response.headers.location
  if (status < 300 || status > 399 || location === undefined) throw faultOfStatus(repo, status)
  const target = URL.parse(location, from.href)
  const isSecured = from.protocol === 'http:' && target?.protocol === 'https:'
  const isSame = target?.origin === from.origin
  if (target === null || !(isSame || (isSecured && target.hostname === from.hostname)))
    throw notARepository(
      repo,
      `the server redirects to ${hideCredentials(target?.origin ?? 'no URL')}; use that address if you trust it`,
    )
  return target
}

function faultOfStatus(repo: Repo, status: number): ArgosyError {
  const shown = hideCredentials(repo.url)
  const fault: Fault =
    status === 401
      ? { code: 'RepositoryRefused', repo: shown, detail: 'authentication required' }
      : status === 403
        ? { code: 'RepositoryRefused', repo: shown, detail: 'access denied' }
        : status === 429 || status >= 500
          ? { code: 'RepositoryUnreachable', repo: shown, detail: `the server answered ${status}` }
          : { code: 'NotARepository', repo: shown, detail: `the server answered ${status}` }
  return new ArgosyError(fault)
}

/** User and password of the repository, or those in its URL. */
function authorizationOf(repo: Repo): string | undefined {
  const url = parseHttpUrl(repo.url)
  const username = repo.username ?? decodeURIComponent(url.username)
  const password = repo.password ?? decodeURIComponent(url.password)
  if (username === '' && password === '') return undefined
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

function withoutUser(url: URL): URL {
  const bare = new URL(url)
  bare.username = ''
  bare.password = ''
  return bare
}

const SILENCE = 'silence'

/** The cause in plain words; what Node says may hold addresses, but never credentials. */
function describeFailure(error: unknown, timeouts: Timeouts): string {
  const message = error instanceof Error ? error.message : String(error)
  if (message === SILENCE) return `no answer within ${timeouts.silenceMs / 1000} s`
  const code = codeOf(error)
  const words = FAILURES[code]
  if (words !== undefined) return words
  if (code.startsWith('CERT_') || /certificate/i.test(message))
    return `its certificate is not trusted (${code === '' ? message : code})`
  if (error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError'))
    return `not finished within ${timeouts.totalMs / 1000} s`
  return message
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

const FAILURES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the server closed the connection',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'its name cannot be looked up now',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ETIMEDOUT: 'connecting took too long',
  EPROTO: 'the server does not speak TLS as we do',
}
