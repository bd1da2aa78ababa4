import { generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Files with which the parts of a control plane trust each other. */
export interface Credentials {
  readonly certificates: string
  readonly serviceAccountKey: string
  readonly serviceAccountPublicKey: string
  readonly tokens: string
  readonly adminToken: string
}

/** Makes what is not there yet, so that a kubeconfig stays good over a restart. */
export function prepareCredentials(dataDir: string): Credentials {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const path = (name: string): string => join(dataDir, name)
  const certificates = path('certificates')
  dropExpired(certificates)
  if (!existsSync(path('service-account.key'))) {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    writeSecret(path('service-account.pub'), publicKey.export({ type: 'spki', format: 'pem' }))
    writeSecret(path('service-account.key'), privateKey.export({ type: 'sec1', format: 'pem' }))
  }
  if (!existsSync(path('tokens.csv'))) {
    writeSecret(
      path('tokens.csv'),
      `${randomBytes(24).toString('hex')},admin,admin,system:masters\n`,
    )
  }
  return {
    certificates,
    serviceAccountKey: path('service-account.key'),
    serviceAccountPublicKey: path('service-account.pub'),
    tokens: path('tokens.csv'),
    adminToken: readFileSync(path('tokens.csv'), 'utf8').split(',', 1)[0] ?? '',
  }
}

/** The API server makes itself a certificate for a year, and never looks at it again. */
function dropExpired(certificates: string): void {
  const path = join(certificates, 'apiserver.crt')
  if (!existsSync(path)) return
  const { validTo } = new X509Certificate(readFileSync(path))
  if (Date.parse(validTo) - Date.now() < RENEW_BEFORE_MS) rmSync(certificates, { recursive: true })
}

const RENEW_BEFORE_MS = 30 * 86_400_000

const writeSecret = (path: string, content: string | Buffer): void =>
  writeFileSync(path, content, { mode: 0o600 })
