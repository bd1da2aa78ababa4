import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { bits, boolean, integer, octets, oid, sequence, set, tagged, time, utf8 } from './der.ts'

export interface ServerCertificate {
  /** PEM, as the other two. */
  readonly ca: string
  readonly certificate: string
  readonly key: string
}

const DAY_MS = 86_400_000
export const VALID_DAYS = 3650
/** Clocks differ: a certificate is good from a little before it was made. */
const EARLY_MS = DAY_MS

/**
 * A certificate for 127.0.0.1 and localhost, under an authority made for it alone, whose key is
 * forgotten at once. ECDSA on P-256, X.509 as RFC 5280 lays it out.
 */
export function makeServerCertificate(now: number): ServerCertificate {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const server = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const common = { issuer: 'argosy-sandbox-ca', issuerKey: authority, now }
  const ca = certify({
    ...common,
    subject: 'argosy-sandbox-ca',
    publicKey: authority.publicKey,
    extensions: [BASIC_CA, KEY_USAGE_CA],
  })
  const certificate = certify({
    ...common,
    subject: 'argosy-sandbox',
    publicKey: server.publicKey,
    extensions: [BASIC_SERVER, KEY_USAGE_SERVER, SERVER_AUTH, ALTERNATIVE_NAMES],
  })
  const key = server.privateKey.export({ type: 'pkcs8', format: 'pem' })
  return { ca, certificate, key: typeof key === 'string' ? key : key.toString() }
}

interface Certification {
  readonly subject: string
  readonly issuer: string
  readonly publicKey: KeyObject
  readonly issuerKey: { readonly publicKey: KeyObject; readonly privateKey: KeyObject }
  readonly extensions: readonly Buffer[]
  readonly now: number
}

const SERIAL_BYTES = 16
const ECDSA_WITH_SHA256 = sequence(oid('1.2.840.10045.4.3.2'))

function certify(wanted: Certification): string {
  const { issuerKey, now, extensions } = wanted
  const toSign = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(randomBytes(SERIAL_BYTES)),
    ECDSA_WITH_SHA256,
    nameOf(wanted.issuer),
    sequence(time(now - EARLY_MS), time(now + VALID_DAYS * DAY_MS)),
    nameOf(wanted.subject),
    spki(wanted.publicKey),
    tagged(
      0xa3,
      sequence(
        ...extensions,
        extension('2.5.29.14', octets(keyId(wanted.publicKey))),
        extension('2.5.29.35', sequence(tagged(0x80, keyId(issuerKey.publicKey)))),
      ),
    ),
  )
  const signature = sign('sha256', toSign, issuerKey.privateKey)
  return pem(sequence(toSign, ECDSA_WITH_SHA256, bits(signature)))
}

const nameOf = (commonName: string): Buffer =>
  sequence(set(sequence(oid('2.5.4.3'), utf8(commonName))))

const spki = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' })

const keyId = (key: KeyObject): Buffer => createHash('sha1').update(spki(key)).digest()

const extension = (id: string, value: Buffer): Buffer => sequence(oid(id), octets(value))
const critical = (id: string, value: Buffer): Buffer =>
  sequence(oid(id), boolean(true), octets(value))

const BASIC_CA = critical('2.5.29.19', sequence(boolean(true)))
const BASIC_SERVER = critical('2.5.29.19', sequence())
/** keyCertSign and cRLSign; digitalSignature. */
const KEY_USAGE_CA = critical('2.5.29.15', bits(Buffer.from([0x06]), 1))
const KEY_USAGE_SERVER = critical('2.5.29.15', bits(Buffer.from([0x80]), 7))
const SERVER_AUTH = extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1')))
const ALTERNATIVE_NAMES = extension(
  '2.5.29.17',
  sequence(tagged(0x82, Buffer.from('localhost')), tagged(0x87, Buffer.from([127, 0, 0, 1]))),
)

const LINE_LENGTH = 64

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(new RegExp(`.{1,${LINE_LENGTH}}`, 'g')) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}
