/**
 * Rebuilds an object from its base and a delta (gitformat-pack, "Deltified representation");
 * `undefined` when the two do not fit. `charge` is told the size before memory is taken.
 */
export function applyDelta(
  base: Uint8Array,
  delta: Uint8Array,
  charge: (size: number) => void,
): Uint8Array | undefined {
  const reader = { delta, at: 0 }
  if (readSize(reader) !== base.length) return undefined
  const size = readSize(reader)
  if (!Number.isSafeInteger(size)) return undefined
  charge(size)
  const out = new Uint8Array(size)

  let written = 0
  while (reader.at < delta.length) {
    const part = nextPart(reader, base)
    if (part === undefined || written + part.length > size) return undefined
    out.set(part, written)
    written += part.length
  }
  return written === size && reader.at === delta.length ? out : undefined
}

interface Reader {
  readonly delta: Uint8Array
  at: number
}

/** Copied from the base, or inserted from the delta itself. */
function nextPart(reader: Reader, base: Uint8Array): Uint8Array | undefined {
  const command = nextByte(reader)
  if (Number.isNaN(command) || command === 0) return undefined
  if ((command & 128) === 0) {
    const part = reader.delta.subarray(reader.at, reader.at + command)
    reader.at += command
    return part.length === command ? part : undefined
  }
  const offset = readLittleEndian(reader, command & 15, 4)
  const length = readLittleEndian(reader, (command >> 4) & 7, 3) || COPY_BYTES_DEFAULT
  // Not a number (a delta that ends early) fails this test too.
  return offset + length <= base.length ? base.subarray(offset, offset + length) : undefined
}

/** A copy of length zero means this many bytes. */
const COPY_BYTES_DEFAULT = 0x10000

/** Only those bytes are there whose bit is set in `present`. */
function readLittleEndian(reader: Reader, present: number, bytes: number): number {
  let value = 0
  for (let index = 0; index < bytes; index++) {
    if ((present & (1 << index)) !== 0) value += nextByte(reader) * 2 ** (8 * index)
  }
  return value
}

function readSize(reader: Reader): number {
  let value = 0
  for (let factor = 1; ; factor *= 128) {
    const byte = nextByte(reader)
    value += (byte & 127) * factor
    if (Number.isNaN(byte) || (byte & 128) === 0 || !Number.isSafeInteger(value))
      return Number.isNaN(byte) ? Number.NaN : value
  }
}

/** Not a number at the end of the delta: it poisons whatever is computed from it. */
const nextByte = (reader: Reader): number => reader.delta[reader.at++] ?? Number.NaN
