import { ArgosyError } from '../fault/fault.ts'

/** A connection that could not be made, or broke, in words that say what to look at. */
export const unreachable = (server: string, error: unknown): ArgosyError =>
  error instanceof ArgosyError
    ? error
    : new ArgosyError(
        { code: 'ClusterUnreachable', cluster: server, detail: explain(error) },
        { cause: error },
      )

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused; is the API server running?',
  ENOTFOUND: 'its host name does not resolve; check the URL',
  EAI_AGAIN: 'its host name does not resolve at the moment',
  EHOSTUNREACH: 'no route to the host; check the network',
  ENETUNREACH: 'no route to its network; check the network',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection broke',
  ETIMEDOUT: 'the connection timed out; check the network and the firewall',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet; check the clocks',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not signed by the CA given for it',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not signed by the CA given for it',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is not signed by the CA given for it',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not signed by the CA given for it',
  CERT_SIGNATURE_FAILURE: 'its certificate is not signed by the CA given for it',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'its certificate is for another host name; check the URL or tlsServerName',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS on this port',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS on this port',
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return WORDS[code] ?? (code === '' ? error.message : `${error.message} (${code})`)
}
