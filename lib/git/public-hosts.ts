import { lookup, type LookupAddress } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/**
 * Whether an address belongs to the internet rather than to this machine or the networks around
 * it, where metadata services and other people's servers listen (IANA's special-purpose
 * registries). False for what is no address.
 */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address)
  return version !== 0 && !PRIVATE.check(address, version === 6 ? 'ipv6' : 'ipv4')
}

/** What was asked to connect to somewhere that is not the internet. */
export class PrivateHostError extends Error {
  override readonly name = 'PrivateHostError'
  readonly host: string

  constructor(host: string) {
    super(`${host} is not an address of the internet`)
    this.host = host
  }
}

/** Throws `PrivateHostError` for a URL's host that is a private address; names are looked up later. */
export function checkLiteralHost(hostname: string): void {
  const address = hostname.replace(/^\[|\]$/g, '')
  if (isIP(address) !== 0 && !isPublicAddress(address)) throw new PrivateHostError(hostname)
}

/** The part of `dns.lookup` that finds every address of a name. */
export type Lookup = (
  host: string,
  options: {
    readonly all: true
    readonly family?: number | 'IPv4' | 'IPv6'
    readonly hints?: number
  },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

/**
 * A `lookup` for sockets that answers only names all of whose addresses are public. The socket
 * connects to the very answer that was checked, so a name that changes its mind gains nothing.
 */
export const publicOnly =
  (resolve: Lookup = lookup): LookupFunction =>
  (host, options, callback) => {
    const { family, hints, all } = options
    const asked = {
      all: true,
      ...(family === undefined ? {} : { family }),
      ...(hints === undefined ? {} : { hints }),
    } as const
    resolve(host, asked, (error, addresses) => {
      const [first] = addresses ?? []
      if (error !== null) return callback(error, '')
      if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address)))
        return callback(new PrivateHostError(host), '')
      return all === true ? callback(null, addresses) : callback(null, first.address, first.family)
    })
  }

const PRIVATE = new BlockList()
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  // Multicast and everything above.
  ['224.0.0.0', 3],
] as const)
  PRIVATE.addSubnet(network, bits, 'ipv4')
for (const [network, bits] of [
  // Unspecified, loopback and the old way to write IPv4 addresses.
  ['::', 96],
  // Translators to IPv4 (NAT64, 6to4, Teredo) would lead around the list above.
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2001::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const)
  PRIVATE.addSubnet(network, bits, 'ipv6')
