/**
 * Git's packet lines (gitprotocol-common): four hexadecimal digits of length, themselves
 * included, then the data; lengths 0, 1 and 2 are marks without data.
 */
export type Packet =
  | { readonly type: 'data'; readonly data: Uint8Array }
  | { readonly type: 'flush' | 'delimiter' | 'end' }

/** Longest packet that Git allows (LARGE_PACKET_MAX). */
export const PACKET_BYTES_MAX = 65_520

/** The bytes are not packet lines: whoever sent them does not speak Git. */
export class PacketError extends Error {
  override readonly name = 'PacketError'
}

export const FLUSH = '0000'
export const DELIMITER = '0001'

/** One packet of text; Git's own ends every line with a line feed. */
export const packet = (text: string): string => {
  const length = Buffer.byteLength(text) + 5
  if (length > PACKET_BYTES_MAX) throw new PacketError(`a packet of ${length} bytes is too long`)
  return `${length.toString(16).padStart(4, '0')}${text}\n`
}

/** Cuts a stream of bytes into packets. Throws `PacketError` for anything else, or a cut-off end. */
export async function* readPackets(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Packet> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of chunks) {
    rest = rest.length === 0 ? asBuffer(chunk) : Buffer.concat([rest, chunk])
    let at = 0
    while (rest.length - at >= 4) {
      const length = packetLength(rest, at)
      if (length >= 4 && rest.length - at < length) break
      yield length < 4 ? mark(length) : { type: 'data', data: rest.subarray(at + 4, at + length) }
      at += Math.max(4, length)
    }
    rest = rest.subarray(at)
  }
  if (rest.length > 0) throw new PacketError('the answer ends in the middle of a packet')
}

/** The text of a data packet without its line feed; marks are empty. */
export const packetText = (line: Packet): string =>
  line.type === 'data' ? asBuffer(line.data).toString('utf8').replace(/\n$/, '') : ''

function packetLength(bytes: Buffer, at: number): number {
  const digits = bytes.toString('latin1', at, at + 4)
  const length = /^[0-9a-fA-F]{4}$/.test(digits) ? Number.parseInt(digits, 16) : -1
  if (length < 0 || length === 3 || length > PACKET_BYTES_MAX)
    throw new PacketError('the answer does not consist of packet lines')
  return length
}

const MARKS = ['flush', 'delimiter', 'end'] as const

const mark = (length: number): Packet => ({ type: MARKS[length] ?? 'end' })

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
