import { createHash } from 'node:crypto'
import { deflateSync, inflateSync } from 'node:zlib'
import { ArgosyError } from '../fault/fault.ts'
import { applyDelta } from './delta.ts'
import type { GitLimits } from './limits.ts'
import { objectId, type GitObject, type ObjectType } from './objects.ts'

/** The pack is damaged. */
export class PackError extends Error {
  override readonly name = 'PackError'
}

/** A thin pack leans on an object that we do not have (any more). */
export class MissingBaseError extends Error {
  override readonly name = 'MissingBaseError'
}

export type PackLimits = Pick<GitLimits, 'objectBytes' | 'inflatedBytes' | 'objects'>

/** Object ids to objects. The ids are computed from the content, never read from anywhere. */
export type PackObjects = ReadonlyMap<string, GitObject>

/**
 * Reads a pack of version 2 (gitformat-pack): whole objects and both kinds of deltas; `baseOf`
 * finds the bases that a thin pack leaves out. Throws `PackError` for damage, `MissingBaseError`,
 * and the fault `LimitExceeded`.
 */
export function parsePack(
  pack: Uint8Array,
  limits: PackLimits,
  baseOf: (id: string) => GitObject | undefined = () => undefined,
): PackObjects {
  const bytes = Buffer.from(pack.buffer, pack.byteOffset, pack.byteLength)
  const count = checkFrame(bytes, limits)
  const reader = { bytes, end: bytes.length - TRAILER_BYTES, at: HEADER_BYTES, limits, inflated: 0 }
  const found: Found = { byOffset: new Map(), byId: new Map(), waiting: new Map(), baseOf }

  for (let index = 0; index < count; index++) {
    const { start, value } = readEntry(reader)
    if ('type' in value) settle(found, start, value, reader)
    else resolve(found, { start, ...value }, reader)
  }
  if (reader.at !== reader.end) throw new PackError('bytes after the last object')
  if (found.waiting.size > 0)
    throw new MissingBaseError(`${found.waiting.size} objects it leans on are not here`)
  return found.byId
}

/** A pack of whole objects. */
export function writePack(objects: readonly GitObject[]): Uint8Array {
  const header = Buffer.alloc(HEADER_BYTES)
  header.write('PACK', 'latin1')
  header.writeUInt32BE(2, 4)
  header.writeUInt32BE(objects.length, 8)
  const body = objects.flatMap(({ type, data }) => [
    entryHeader(TYPES.indexOf(type), data.length),
    deflateSync(data, { level: 1 }),
  ])
  const pack = Buffer.concat([header, ...body])
  return Buffer.concat([pack, createHash('sha1').update(pack).digest()])
}

interface Reader {
  readonly bytes: Buffer
  readonly end: number
  readonly limits: PackLimits
  at: number
  inflated: number
}

interface Delta {
  readonly start: number
  readonly base: string | number
  readonly delta: Buffer
}

interface Found {
  readonly byOffset: Map<number, GitObject>
  readonly byId: Map<string, GitObject>
  /** Deltas by the base that has not been seen yet: its id, or its offset. */
  readonly waiting: Map<string | number, Delta[]>
  readonly baseOf: (id: string) => GitObject | undefined
}

interface Entry {
  readonly start: number
  readonly value: GitObject | Omit<Delta, 'start'>
}

const HEADER_BYTES = 12
const TRAILER_BYTES = 20
const TYPES: readonly (ObjectType | undefined)[] = [undefined, 'commit', 'tree', 'blob', 'tag']
const OFFSET_DELTA = 6
const REF_DELTA = 7

function checkFrame(bytes: Buffer, limits: PackLimits): number {
  if (bytes.length < HEADER_BYTES + TRAILER_BYTES || bytes.toString('latin1', 0, 4) !== 'PACK')
    throw new PackError('not a pack')
  const end = bytes.length - TRAILER_BYTES
  const sum = createHash('sha1').update(bytes.subarray(0, end)).digest()
  if (!sum.equals(bytes.subarray(end))) throw new PackError('its checksum is wrong')
  if (bytes.readUInt32BE(4) !== 2) throw new PackError('its version is not 2')
  const count = bytes.readUInt32BE(8)
  if (count > limits.objects) throw limitExceeded('objects', limits.objects, 'objects in a pack')
  return count
}

function readEntry(reader: Reader): Entry {
  const start = reader.at
  const { type, size } = readTypeAndSize(reader)
  const name = TYPES[type]
  if (name !== undefined) return { start, value: { type: name, data: inflate(reader, size) } }
  if (type === OFFSET_DELTA) {
    const base = start - readOffset(reader)
    if (base < HEADER_BYTES || base >= start) throw new PackError('a delta leans on nothing')
    return { start, value: { base, delta: inflate(reader, size) } }
  }
  if (type !== REF_DELTA) throw new PackError(`an object of unknown type ${type}`)
  const base = reader.bytes.toString('hex', reader.at, reader.at + 20)
  reader.at += 20
  return { start, value: { base, delta: inflate(reader, size) } }
}

function readTypeAndSize(reader: Reader): { type: number; size: number } {
  let byte = nextByte(reader)
  const type = (byte >> 4) & 7
  let size = byte & 15
  for (let factor = 16; (byte & 128) !== 0; factor *= 128) {
    byte = nextByte(reader)
    size += (byte & 127) * factor
    if (size > Number.MAX_SAFE_INTEGER / 128) throw new PackError('an object of impossible size')
  }
  return { type, size }
}

function readOffset(reader: Reader): number {
  let byte = nextByte(reader)
  let offset = byte & 127
  while ((byte & 128) !== 0) {
    byte = nextByte(reader)
    offset = (offset + 1) * 128 + (byte & 127)
    if (offset > Number.MAX_SAFE_INTEGER / 256) throw new PackError('an impossible offset')
  }
  return offset
}

function nextByte(reader: Reader): number {
  const byte = reader.at < reader.end ? reader.bytes[reader.at] : undefined
  if (byte === undefined) throw new PackError('it ends early')
  reader.at++
  return byte
}

function inflate(reader: Reader, size: number): Buffer {
  charge(reader, size)
  // `info` makes zlib say how much it consumed; Node's types do not know that answer.
  const run = inflateSync as unknown as (
    data: Uint8Array,
    options: object,
  ) => { buffer: Buffer; engine: { bytesWritten: number } }
  try {
    const { buffer, engine } = run(reader.bytes.subarray(reader.at, reader.end), {
      info: true,
      // One more than announced, so that an object that is longer than it says is seen.
      chunkSize: Math.max(64, size + 1),
      maxOutputLength: Math.max(64, size + 1),
    })
    if (buffer.length !== size) throw new PackError('an object is longer than it says')
    reader.at += engine.bytesWritten
    return buffer
  } catch (cause) {
    throw new PackError('an object does not inflate', { cause })
  }
}

function charge(reader: Reader, size: number): void {
  const { objectBytes, inflatedBytes } = reader.limits
  if (size > objectBytes) throw limitExceeded('objectBytes', objectBytes, 'bytes in one object')
  reader.inflated += size
  if (reader.inflated > inflatedBytes)
    throw limitExceeded('inflatedBytes', inflatedBytes, 'bytes in the objects of a pack')
}

function resolve(found: Found, delta: Delta, reader: Reader): void {
  const { base } = delta
  const source =
    typeof base === 'number'
      ? found.byOffset.get(base)
      : (found.byId.get(base) ?? found.baseOf(base))
  if (source !== undefined) {
    settle(found, delta.start, rebuild(source, delta, reader), reader)
    return
  }
  const others = found.waiting.get(base) ?? []
  others.push(delta)
  found.waiting.set(base, others)
}

/** Records an object, and then whatever waited for it; a loop, because chains can be long. */
function settle(found: Found, start: number, object: GitObject, reader: Reader): void {
  const settled = [{ start, object }]
  for (let next = settled.pop(); next !== undefined; next = settled.pop()) {
    const id = objectId(next.object)
    found.byOffset.set(next.start, next.object)
    found.byId.set(id, next.object)
    for (const key of [id, next.start]) {
      for (const delta of found.waiting.get(key) ?? []) {
        settled.push({ start: delta.start, object: rebuild(next.object, delta, reader) })
      }
      found.waiting.delete(key)
    }
  }
}

function rebuild(base: GitObject, { delta }: Delta, reader: Reader): GitObject {
  const data = applyDelta(base.data, delta, (size) => charge(reader, size))
  if (data === undefined) throw new PackError('a delta does not fit its base')
  return { type: base.type, data }
}

function entryHeader(type: number, size: number): Buffer {
  const bytes = [(type << 4) | (size & 15)]
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes.push((bytes.pop() ?? 0) | 128, rest & 127)
  }
  return Buffer.from(bytes)
}

const limitExceeded = (limit: string, max: number, what: string): ArgosyError =>
  new ArgosyError({
    code: 'LimitExceeded',
    limit,
    message: `the repository is too large: more than ${max} ${what}`,
  })
