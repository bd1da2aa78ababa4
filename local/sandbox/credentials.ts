import { randomBytes, X509Certificate } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeYaml } from '../../lib/manifest/write-yaml.ts'
import { isObject, type JsonObject, parseJson, stringifyJson } from '../../lib/std/json.ts'
import { makeServerCertificate, type ServerCertificate } from './certificate.ts'
import { numberAt, textAt } from './kinds.ts'

export interface Credentials extends ServerCertificate {
  /** Bearer token of the one administrator. */
  readonly token: string
  /** Signs the tokens of ServiceAccounts. */
  readonly signingKey: string
  /** The port of last time: addresses that were registered stay good. */
  readonly port: number
}

const TOKEN_BYTES = 32
const RENEW_BEFORE_MS = 30 * 86_400_000

/** Credentials of a sandbox, made on its first start and kept in its folder, readable by its user only. */
export function openCredentials(folder: string | undefined, now: number): Credentials {
  const path = folder === undefined ? undefined : join(folder, 'credentials.json')
  const stored = path !== undefined && existsSync(path) ? readStored(path) : undefined
  const isGood =
    stored !== undefined &&
    Date.parse(new X509Certificate(stored.certificate).validTo) > now + RENEW_BEFORE_MS
  const credentials: Credentials = {
    ...(isGood ? stored : makeServerCertificate(now)),
    token: stored?.token ?? randomBytes(TOKEN_BYTES).toString('base64url'),
    signingKey: stored?.signingKey ?? randomBytes(TOKEN_BYTES).toString('base64url'),
    port: stored?.port ?? 0,
  }
  if (folder !== undefined) storeCredentials(folder, credentials)
  return credentials
}

export function storeCredentials(folder: string, credentials: Credentials): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writePrivate(join(folder, 'credentials.json'), stringifyJson(credentials))
}

function readStored(path: string): Credentials | undefined {
  const value = parseJson(readFileSync(path, 'utf8'))
  if (!isObject(value)) return undefined
  const text = (name: string): string => textAt(value, name)
  return {
    ca: text('ca'),
    certificate: text('certificate'),
    key: text('key'),
    token: text('token'),
    signingKey: text('signingKey'),
    port: numberAt(value, 'port') ?? 0,
  }
}

/** A kubeconfig for the administrator; answers its path. */
export function writeKubeconfig(folder: string, server: string, credentials: Credentials): string {
  const name = 'argosy-sandbox'
  const config: JsonObject = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [
      {
        name,
        cluster: {
          server,
          'certificate-authority-data': Buffer.from(credentials.ca).toString('base64'),
        },
      },
    ],
    users: [{ name, user: { token: credentials.token } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: 'default' } }],
  }
  const path = join(folder, 'kubeconfig')
  writePrivate(path, writeYaml(config))
  return path
}

function writePrivate(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}
