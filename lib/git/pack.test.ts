import { createHash } from 'node:crypto'
import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ArgosyError } from '../fault/fault.ts'
import { GIT_LIMITS } from './limits.ts'
import { objectId, ObjectError, type GitObject } from './objects.ts'
import { MissingBaseError, PackError, parsePack, writePack, type PackLimits } from './pack.ts'

const blob = (text: string): GitObject => ({ type: 'blob', data: Buffer.from(text) })
const idsOf = (objects: readonly GitObject[]) => new Set(objects.map(objectId))

/** An entry's header, base and deflated data, as gitformat-pack lays them out. */
const entry = (type: number, content: Uint8Array, base: Uint8Array = Buffer.alloc(0)): Buffer => {
  const bytes = [(type << 4) | (content.length & 15)]
  for (let rest = content.length >> 4; rest > 0; rest >>= 7) {
    bytes.push((bytes.pop() ?? 0) | 128, rest & 127)
  }
  return Buffer.concat([Buffer.from(bytes), base, deflateSync(content)])
}

const packOf = (entries: readonly Uint8Array[], count = entries.length): Buffer => {
  const header = Buffer.from([80, 65, 67, 75, 0, 0, 0, 2, 0, 0, 0, count])
  const pack = Buffer.concat([header, ...entries])
  return Buffer.concat([pack, createHash('sha1').update(pack).digest()])
}

const resum = (pack: Uint8Array): Buffer => {
  const body = pack.subarray(0, -20)
  return Buffer.concat([body, createHash('sha1').update(body).digest()])
}

/** "base " of the base, then " and more". */
const DELTA = Buffer.from([9, 14, 0x90, 5, 9, ...Buffer.from('and more.')])
const BASE = blob('base text')
const MADE = blob('base and more.')
const OFFSET_DELTA = 6
const REF_DELTA = 7
const refDelta = (base: GitObject, delta = DELTA) =>
  entry(REF_DELTA, delta, Buffer.from(objectId(base), 'hex'))
const textsOf = (pack: ReturnType<typeof parsePack>) =>
  [...pack.values()].map(({ data }) => Buffer.from(data).toString()).toSorted()

describe('parsePack', () => {
  test('reads what writePack wrote', () => {
    const object = fc.record({
      type: fc.constantFrom<GitObject['type'][]>('commit', 'tree', 'blob', 'tag'),
      data: fc.uint8Array({ maxLength: 500 }),
    })
    fc.assert(
      fc.property(fc.array(object, { maxLength: 8 }), (objects) => {
        const read = parsePack(writePack(objects), GIT_LIMITS)
        expect(new Set(read.keys())).toEqual(idsOf(objects))
        for (const [id, found] of read) expect(objectId(found)).toBe(id)
      }),
      { numRuns: 60 },
    )
  })

  test('resolves a delta by offset', () => {
    const base = entry(3, BASE.data)
    const pack = packOf([base, entry(OFFSET_DELTA, DELTA, Buffer.from([base.length]))])
    expect(textsOf(parsePack(pack, GIT_LIMITS))).toEqual(['base and more.', 'base text'])
  })

  test('resolves a delta by id, before or after its base, and chains of them', () => {
    const chained = Buffer.from([14, 15, 0x90, 14, 1, 33])
    const entries = [refDelta(MADE, chained), refDelta(BASE), entry(3, BASE.data)]
    const texts = ['base and more.', 'base and more.!', 'base text']
    expect(textsOf(parsePack(packOf(entries), GIT_LIMITS))).toEqual(texts)
    expect(textsOf(parsePack(packOf(entries.toReversed()), GIT_LIMITS))).toEqual(texts)
  })

  test('asks for the base that a thin pack leaves out', () => {
    const thin = packOf([refDelta(BASE)])
    const known = new Map([[objectId(BASE), BASE]])
    expect(textsOf(parsePack(thin, GIT_LIMITS, (id) => known.get(id)))).toEqual(['base and more.'])
    expect(() => parsePack(thin, GIT_LIMITS)).toThrow(MissingBaseError)
  })

  test('a long chain in the worst order takes no deep stack', () => {
    const texts = Array.from({ length: 1_000 }, (_, link) => `x${String(link).padStart(4, '0')}`)
    const entries = texts.map((text, link) =>
      link === 0
        ? entry(3, Buffer.from(text))
        : refDelta(
            blob(texts[link - 1] ?? ''),
            Buffer.from([5, 5, 0x90, 1, 4, ...Buffer.from(text.slice(1))]),
          ),
    )
    const pack = packOf(entries.toReversed(), 0)
    pack.writeUInt32BE(entries.length, 8)
    expect(textsOf(parsePack(resum(pack), GIT_LIMITS))).toEqual(texts)
  })

  test.for([
    ['nothing', Buffer.alloc(0)],
    ['another file', Buffer.from('<!doctype html><title>Sign in to go on</title>')],
    [
      'a wrong checksum',
      Buffer.concat([packOf([entry(3, BASE.data)]).subarray(0, -1), Buffer.from([0])]),
    ],
    ['fewer objects than announced', packOf([entry(3, BASE.data)], 2)],
    ['more objects than announced', packOf([entry(3, BASE.data), entry(3, BASE.data)], 1)],
    ['an unknown type', packOf([entry(5, BASE.data)])],
    [
      'an object longer than it says',
      packOf([Buffer.concat([Buffer.from([0x31]), deflateSync(BASE.data)])]),
    ],
    [
      'an object shorter than it says',
      packOf([Buffer.concat([Buffer.from([0x3f]), deflateSync(BASE.data)])]),
    ],
    [
      'a delta for another base',
      packOf([entry(3, Buffer.from('other text!')), refDelta(blob('other text!'))]),
    ],
    [
      'a delta that copies beyond its base',
      packOf([entry(3, BASE.data), refDelta(BASE, Buffer.from([9, 20, 0x90, 20]))]),
    ],
    [
      'a delta that ends early',
      packOf([entry(3, BASE.data), refDelta(BASE, Buffer.from([9, 5, 5, 65]))]),
    ],
    ['a delta before the first object', packOf([entry(OFFSET_DELTA, DELTA, Buffer.from([12]))])],
  ] as const)('refuses %s', ([, pack]) => {
    expect(() => parsePack(pack, GIT_LIMITS)).toThrow(PackError)
  })

  test.for([
    ['objects', { objects: 1 }],
    ['objectBytes', { objectBytes: 8 }],
    ['inflatedBytes', { inflatedBytes: 20 }],
  ] as const)('keeps the limit of %s', ([limit, lower]) => {
    const pack = packOf([entry(3, BASE.data), refDelta(BASE)])
    const limits: PackLimits = { ...GIT_LIMITS, ...lower }
    expect(() => parsePack(pack, limits)).toThrow(
      expect.objectContaining({ fault: expect.objectContaining({ code: 'LimitExceeded', limit }) }),
    )
  })

  test('a small delta cannot take more memory than one object may', () => {
    const size = [0x80, 0x80, 0x80, 0x80, 0x04] // 1 GiB
    const pack = packOf([entry(3, BASE.data), refDelta(BASE, Buffer.from([9, ...size, 0x90, 1]))])
    expect(() => parsePack(pack, GIT_LIMITS)).toThrow(ArgosyError)
  })

  const objects = [BASE, blob('x'.repeat(3_000)), blob('another'), MADE]
  const whole = packOf([...objects.map(({ data }) => entry(3, data)), refDelta(BASE)])
  const isRefusal = (error: unknown) =>
    error instanceof PackError ||
    error instanceof MissingBaseError ||
    error instanceof ObjectError ||
    error instanceof ArgosyError

  /** Whatever comes out has the id it is filed under; anything else is a refusal we know. */
  const readsRightOrRefuses = (pack: Uint8Array): 'read' | 'refused' => {
    try {
      for (const [id, object] of parsePack(pack, { ...GIT_LIMITS, inflatedBytes: 1_000_000 }))
        expect(objectId(object)).toBe(id)
      return 'read'
    } catch (error) {
      expect(isRefusal(error)).toBe(true)
      return 'refused'
    }
  }

  test('a cut-off pack is refused', () => {
    fc.assert(
      fc.property(fc.nat(whole.length - 1), (length) => {
        expect(readsRightOrRefuses(whole.subarray(0, length))).toBe('refused')
      }),
    )
  })

  test('a pack with a flipped bit is refused by its checksum', () => {
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(7), (at, bit) => {
        const damaged = Buffer.from(whole)
        damaged[at] = (damaged[at] ?? 0) ^ (1 << bit)
        expect(readsRightOrRefuses(damaged)).toBe('refused')
      }),
    )
  })

  test('damage under a right checksum gives right objects or a refusal, in time', () => {
    const damage = fc.array(fc.tuple(fc.nat(whole.length - 21), fc.nat(255)), { maxLength: 6 })
    fc.assert(
      fc.property(damage, fc.nat(whole.length), (changes, length) => {
        const damaged = Buffer.from(whole)
        for (const [at, value] of changes) damaged[at] = value
        readsRightOrRefuses(resum(damaged.subarray(0, Math.max(20, length))))
        readsRightOrRefuses(resum(damaged))
      }),
      { numRuns: 150 },
    )
  })
})
