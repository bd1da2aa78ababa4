import { readYaml } from '../../lib/manifest/yaml.ts'
import { ArgosyError } from '../../lib/fault/fault.ts'
import { isObject, type Json, type JsonObject, parseJson } from '../../lib/std/json.ts'
import type { User } from './access.ts'
import { badRequest, StatusError } from './status.ts'

/** A request of any HTTP version, read whole. */
export interface ApiRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly accept: string
  readonly contentType: string
  readonly userAgent: string
  readonly body: string
  readonly user: User
}

/** What is sent back: a document, text, or events as they come. */
export type ApiAnswer =
  | {
      readonly status: number
      readonly body: JsonObject | string
      readonly contentType?: string
    }
  | {
      /** Begins to send events; answers how to stop. */
      readonly watch: (send: (event: JsonObject) => void) => () => void
      readonly timeoutMs: number
      /** An event that says how far the watch has seen. */
      readonly bookmark?: () => JsonObject
    }

export const ok = (body: JsonObject, status = 200): ApiAnswer => ({ status, body })

/** The JSON or YAML object in the body. Throws 400 and 415. */
export function readBody(request: ApiRequest): JsonObject {
  const value = parseBody(request)
  if (!isObject(value)) throw badRequest('the body of the request is no object')
  return value
}

export function parseBody({ body, contentType }: ApiRequest): Json {
  if (/protobuf|cbor/.test(contentType)) {
    const message = `the body of the request was in an unknown format - accepted media types include: application/json, application/yaml`
    throw new StatusError(415, 'UnsupportedMediaType', message)
  }
  try {
    if (!contentType.includes('yaml') || body.startsWith('{')) return parseJson(body)
    return readYaml(body)[0] ?? null
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof ArgosyError) {
      throw badRequest(`error decoding the body: ${error.message}`)
    }
    throw error
  }
}

/** Who writes, for managed fields: the parameter, or the program's name. */
export const managerOf = ({ query, userAgent }: ApiRequest): string =>
  query.get('fieldManager') ?? (userAgent.split('/', 1)[0] || 'unknown')
