import { spawn, type ChildProcessByStdio } from 'node:child_process'
import type http from 'node:http'
import type { Readable, Writable } from 'node:stream'
import { gitEnvironment } from './run-git.ts'

export interface GitBackend {
  /** Path of git's http-backend. */
  readonly program: string
  readonly root: string
  /** Whether the client's `Git-Protocol` is handed on. */
  readonly passProtocol: boolean
  readonly allowFilter: boolean
  readonly onPush: (repository: string) => void
}

/** Answers one request by running git's http-backend as a CGI program, streaming both ways. */
export function serveGit(
  backend: GitBackend,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): void {
  const url = parseUrl(request.url)
  if (url === undefined) return void response.writeHead(400).end()
  const child = spawn(backend.program, [], {
    env: { ...gitEnvironment(backend.root), ...cgiVariables(backend, request, url) },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  child.once('error', () => fail(response))
  // A client that goes away, or a git that ends early, is no error of this server.
  child.stdin.on('error', () => undefined)
  request.on('error', () => child.kill())
  response.on('close', () => child.kill())
  request.pipe(child.stdin)
  answer(child, response, () => {
    if (request.method === 'POST' && url.path.endsWith('/git-receive-pack'))
      backend.onPush(url.path.split('/')[1] ?? '')
  })
}

/** Git's settings by environment variables (git-config, GIT_CONFIG_COUNT). */
const configVariables = (settings: Readonly<Record<string, string>>): Record<string, string> => {
  const pairs = Object.entries(settings)
  const variables = pairs.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ])
  return Object.fromEntries([['GIT_CONFIG_COUNT', String(pairs.length)], ...variables])
}

interface RequestUrl {
  /** Decoded. */
  readonly path: string
  readonly query: string
}

function parseUrl(text = '/'): RequestUrl | undefined {
  const [path = '/', query = ''] = text.split(/\?(.*)/s)
  try {
    const decoded = decodeURIComponent(path)
    return decoded.split('/').includes('..') ? undefined : { path: decoded, query }
  } catch {
    return undefined
  }
}

type Backend = ChildProcessByStdio<Writable, Readable, null>

function cgiVariables(
  backend: GitBackend,
  request: http.IncomingMessage,
  url: RequestUrl,
): Record<string, string> {
  const { headers } = request
  const protocol = headers['git-protocol']
  return {
    GIT_PROJECT_ROOT: backend.root,
    GIT_HTTP_EXPORT_ALL: '1',
    ...configVariables({
      // The folders belong to whoever made them, which in a container is not always who runs.
      'safe.directory': '*',
      'http.receivepack': 'true',
      'uploadpack.allowFilter': String(backend.allowFilter),
    }),
    REQUEST_METHOD: request.method ?? 'GET',
    PATH_INFO: url.path,
    QUERY_STRING: url.query,
    CONTENT_TYPE: headers['content-type'] ?? '',
    REMOTE_ADDR: request.socket.remoteAddress ?? '',
    REMOTE_USER: 'local',
    ...(headers['content-length'] === undefined
      ? {}
      : { CONTENT_LENGTH: headers['content-length'] }),
    ...(headers['content-encoding'] === undefined
      ? {}
      : { HTTP_CONTENT_ENCODING: headers['content-encoding'] }),
    ...(typeof protocol === 'string' && backend.passProtocol ? { GIT_PROTOCOL: protocol } : {}),
  }
}

/** A CGI answer: header lines, a blank line, the body. */
function answer(child: Backend, response: http.ServerResponse, done: () => void): void {
  let head: Buffer = Buffer.alloc(0)
  let isBody = false
  child.stdout.on('data', (chunk: Buffer) => {
    if (isBody) return write(child, response, chunk)
    head = Buffer.concat([head, chunk])
    const end = head.indexOf('\r\n\r\n')
    if (end < 0) return
    isBody = true
    writeHead(response, head.toString('latin1', 0, end))
    write(child, response, head.subarray(end + 4))
  })
  child.once('close', (code) => {
    if (!isBody) return fail(response)
    response.end()
    if (code === 0) done()
  })
}

function write(child: Backend, response: http.ServerResponse, chunk: Buffer): void {
  if (chunk.length === 0 || response.write(chunk)) return
  child.stdout.pause()
  response.once('drain', () => child.stdout.resume())
}

function writeHead(response: http.ServerResponse, head: string): void {
  let status = 200
  for (const line of head.split('\r\n')) {
    const [name = '', value = ''] = line.split(/: (.*)/s)
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10)
    else response.setHeader(name, value)
  }
  response.statusCode = status
}

function fail(response: http.ServerResponse): void {
  if (response.headersSent) response.destroy()
  else response.writeHead(500).end('the Git program failed\n')
}
