import { request } from 'node:https'
import type { ClusterConnection } from '../../lib/cluster/port.ts'
import { isObject, type JsonObject, parseJson, stringifyJson } from '../../lib/std/json.ts'

/**
 * What people and other programs send to an API server, by a client that shares nothing with ours.
 */
export interface People {
  post(path: string, body: JsonObject): Promise<JsonObject>
  mergePatch(path: string, body: JsonObject): Promise<JsonObject>
}

export function createPeople(connection: ClusterConnection): People {
  return {
    post: (path, body) =>
      send(connection, { method: 'POST', path, type: 'application/json', body }),
    mergePatch: (path, body) =>
      send(connection, { method: 'PATCH', path, type: 'application/merge-patch+json', body }),
  }
}

interface Message {
  readonly method: 'POST' | 'PATCH'
  readonly path: string
  readonly type: string
  readonly body: JsonObject
}

function send(connection: ClusterConnection, message: Message): Promise<JsonObject> {
  const { server, ca, bearerToken, clientCertificate, clientKey } = connection
  const { method, path, type, body } = message
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${server}${path}`,
      {
        method,
        agent: false,
        ca,
        cert: clientCertificate,
        key: clientKey,
        headers: {
          'content-type': type,
          accept: 'application/json',
          ...(bearerToken === undefined ? {} : { authorization: `Bearer ${bearerToken}` }),
        },
      },
      (incoming) => {
        let text = ''
        incoming.setEncoding('utf8')
        incoming.on('data', (chunk: string) => (text += chunk))
        incoming.on('end', () => {
          const answer = parseJson(text)
          if ((incoming.statusCode ?? 500) < 300 && isObject(answer)) resolve(answer)
          else reject(new Error(`${method} ${path}: ${incoming.statusCode ?? 0} ${text}`))
        })
      },
    )
    outgoing.once('error', reject)
    outgoing.end(stringifyJson(body))
  })
}
