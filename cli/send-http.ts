import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http'
import type { HttpRequest, HttpResponse } from './shell.ts'

/** One request. Node's own client starts in a tenth of the time that `fetch` takes. */
export async function sendHttp(request: HttpRequest): Promise<HttpResponse> {
  const { method, url, headers, body, signal, insecure } = request
  const isTls = url.startsWith('https:')
  const { request: begin } = isTls ? await import('node:https') : await import('node:http')
  const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }
  const options: RequestOptions & { readonly rejectUnauthorized?: boolean } = {
    method,
    headers: { ...headers, ...length },
    ...(signal === undefined ? {} : { signal }),
    ...(isTls ? { rejectUnauthorized: insecure !== true } : {}),
  }
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent: ClientRequest = begin(url, options, resolve)
    sent.once('error', reject)
    sent.end(body)
  })
  response.setEncoding('utf8')
  return { status: response.statusCode ?? 0, body: response }
}
