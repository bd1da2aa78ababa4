import { ArgosyError } from '../fault/fault.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { isObject, type JsonObject, parseJson } from '../std/json.ts'

/** What an API server answered, unpacked. */
export interface Answer {
  readonly status: number
  readonly retryAfter: string | undefined
  readonly body: string
}

/** Reads the JSON object of a 2xx answer; anything else is thrown as a fault. */
export function readObject(server: string, answer: Answer): JsonObject {
  if (answer.status >= 300) throw refusal(server, answer)
  const value = parse(answer.body)
  if (value === undefined) {
    throw new ArgosyError({
      code: 'ClusterUnreachable',
      cluster: server,
      detail: `it answered HTTP ${answer.status} with something that is not JSON; is this a Kubernetes API server?`,
    })
  }
  return value
}

/** A single Kubernetes object. */
export function readManifest(server: string, answer: Answer): Manifest {
  const value = readObject(server, answer)
  if (!isManifest(value)) {
    throw new ArgosyError({
      code: 'ClusterUnreachable',
      cluster: server,
      detail: 'it answered something that is not a Kubernetes object',
    })
  }
  return value
}

/**
 * Whether a 404 is about this object and not about its kind: only then is absence a fact. An
 * unknown path answers plain text, an unserved kind a `Status` that names no object.
 */
export function isAbsent(answer: Answer, name: string): boolean {
  if (answer.status !== 404) return false
  const details = parse(answer.body)?.['details']
  return isObject(details) && details['name'] === name
}

/** The fault of an answer that is not 2xx: `ClusterRefused` for 401, else `KubernetesError`. */
export function refusal(server: string, answer: Answer): ArgosyError {
  const body = parse(answer.body)
  const message = textOf(body?.['message']) ?? plainMessage(answer)
  if (answer.status === 401) {
    return new ArgosyError({ code: 'ClusterRefused', cluster: server, detail: message })
  }
  return new ArgosyError({
    code: 'KubernetesError',
    status: answer.status,
    reason: textOf(body?.['reason']) ?? '',
    message,
  })
}

export const isManifest = (value: JsonObject): value is Manifest =>
  typeof value['apiVersion'] === 'string' &&
  typeof value['kind'] === 'string' &&
  isObject(value['metadata'])

function parse(body: string): JsonObject | undefined {
  try {
    const value = parseJson(body)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

const PLAIN_MESSAGE_MAX = 200

/** Proxies and unknown paths answer text; its first line says most. */
const plainMessage = (answer: Answer): string =>
  `the server answered HTTP ${answer.status}: ${answer.body.trim().split('\n', 1)[0]?.slice(0, PLAIN_MESSAGE_MAX) ?? ''}`
