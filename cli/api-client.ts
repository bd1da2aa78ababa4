import { type Json, parseJson, stringifyJson } from '../lib/std/json.ts'
import { ApiFailure, Failure } from './failure.ts'
import type { HttpResponse, Shell } from './shell.ts'

export type Query = Readonly<Record<string, string | number | boolean | undefined>>

/** The REST API of one server. Answers are cast to the shapes that `lib/manage` gives them. */
export interface ApiClient {
  /** Base URL, without a slash at its end. */
  readonly url: string
  get<T>(path: string, query?: Query): Promise<T>
  send<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, options?: SendOptions): Promise<T>
  /** Each result of a stream of JSON lines, until the server ends it. */
  stream<T>(path: string, query: Query, signal: AbortSignal): AsyncGenerator<T, void>
}

interface SendOptions {
  readonly query?: Query
  readonly body?: unknown
}

export interface Connection {
  readonly url: string
  readonly token?: string
  readonly insecure: boolean
  /** Proves that the caller may read the server's data folder. */
  readonly operatorToken?: string
}

export function createApiClient(shell: Pick<Shell, 'request'>, connection: Connection): ApiClient {
  const ask = (
    method: string,
    path: string,
    options: SendOptions & { readonly signal?: AbortSignal },
  ): Promise<HttpResponse> => {
    const { query = {}, body, signal } = options
    const url = `${connection.url}${path}${queryText(query)}`
    return reach(connection.url, () =>
      shell.request({
        method,
        url,
        headers: headersOf(connection, method),
        insecure: connection.insecure,
        ...(body === undefined ? {} : { body: stringifyJson(body) }),
        ...(signal === undefined ? {} : { signal }),
      }),
    )
  }

  const read = async (path: string, response: HttpResponse): Promise<Json> => {
    try {
      return await readAnswer(response)
    } catch (error) {
      throw path === LOGIN_PATH ? error : withLogin(error, connection)
    }
  }

  return {
    url: connection.url,
    get: async <T>(path: string, query: Query = {}) =>
      (await read(path, await ask('GET', path, { query }))) as T,
    send: async <T>(method: string, path: string, options: SendOptions = {}) =>
      (await read(path, await ask(method, path, options))) as T,
    async *stream<T>(path: string, query: Query, signal: AbortSignal) {
      const response = await ask('GET', path, { query, signal })
      if (response.status !== 200) await read(path, response)
      for await (const line of linesOf(response.body)) {
        const event = JSON.parse(line) as StreamLine<T>
        if (event.error !== undefined) {
          throw new ApiFailure(event.error.grpc_code ?? 2, event.error.message ?? 'stream ended')
        }
        if (event.result !== undefined) yield event.result
      }
    },
  }
}

const LOGIN_PATH = '/api/v1/session'
const UNAUTHENTICATED = 16

/** A session that has ended, or never was, is begun anew. */
const withLogin = (error: unknown, { url }: Connection): unknown =>
  error instanceof ApiFailure && error.code === UNAUTHENTICATED
    ? new ApiFailure(
        error.code,
        `${error.description}; log in with 'argosy login ${new URL(url).host}'`,
      )
    : error

interface StreamLine<T> {
  readonly result?: T
  readonly error?: { readonly grpc_code?: number; readonly message?: string }
}

const headersOf = (
  { token, operatorToken }: Connection,
  method: string,
): Readonly<Record<string, string>> => ({
  Accept: 'application/json',
  ...(method === 'GET' ? {} : { 'Content-Type': 'application/json' }),
  ...(token === undefined || token === '' ? {} : { Authorization: `Bearer ${token}` }),
  ...(operatorToken === undefined ? {} : { 'Argosy-Operator': operatorToken }),
})

function queryText(query: Query): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') parameters.set(name, String(value))
  }
  return parameters.size === 0 ? '' : `?${parameters.toString()}`
}

async function readAnswer(response: HttpResponse): Promise<Json> {
  let text = ''
  for await (const chunk of response.body) text += chunk
  if (response.status >= 200 && response.status < 300) return parseJson(text)
  throw failureOf(response.status, text)
}

/** Anything between us and the server may answer too, and not in JSON. */
function failureOf(status: number, text: string): Failure {
  try {
    const { code, message } = JSON.parse(text) as { code?: unknown; message?: unknown }
    if (typeof code === 'number') return new ApiFailure(code, String(message))
  } catch {
    // Not the API's own error: shown as it is.
  }
  return new Failure(`the server answered ${status}: ${text.trim().slice(0, 200)}`)
}

async function* linesOf(body: AsyncIterable<string>): AsyncGenerator<string, void> {
  let rest = ''
  for await (const chunk of body) {
    const lines = `${rest}${chunk}`.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.trim() !== '') yield line
  }
  if (rest.trim() !== '') yield rest
}

async function reach<T>(url: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof Failure) throw error
    throw new Failure(explain(url, error), undefined, { cause: error })
  }
}

function explain(url: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ECONNREFUSED') {
    return `server ${url} is not reachable: connection refused; is it running, and is this its address?`
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL')) {
    return `server ${url} does not speak TLS; use --plaintext`
  }
  if (code.includes('CERT') || code === 'UNABLE_TO_VERIFY_LEAF_SIGNATURE') {
    return `the certificate of server ${url} is not trusted: ${message}; use --insecure if you know why`
  }
  return `server ${url} is not reachable: ${message}`
}
