import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { packet, PACKET_BYTES_MAX, PacketError, packetText, readPackets } from './pkt-line.ts'

async function* cut(bytes: Uint8Array, ends: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0
  for (const end of [...ends.toSorted((a, b) => a - b), bytes.length]) {
    yield bytes.subarray(at, end)
    at = Math.max(at, end)
  }
}

/** `text` for data, `!flush` for marks. */
async function show(bytes: Uint8Array, ends: readonly number[] = []): Promise<readonly string[]> {
  const lines: string[] = []
  for await (const line of readPackets(cut(bytes, ends)))
    lines.push(line.type === 'data' ? packetText(line) : `!${line.type}`)
  return lines
}

describe('readPackets', () => {
  test.for([
    ['', []],
    ['0000', ['!flush']],
    ['000100020000', ['!delimiter', '!end', '!flush']],
    ['0004', ['']],
    ['0006a\n0005b0000', ['a', 'b', '!flush']],
    ['000aä✓\n0000', ['ä✓', '!flush']],
  ] as const)('%j is %j', async ([bytes, lines]) => {
    expect(await show(Buffer.from(bytes))).toEqual(lines)
  })

  test.for(['0003', 'zzzz', '-001', '<!doctype html>', '000', '0006a', 'fff1', 'ffff', ' 001'])(
    '%j is refused',
    async (bytes) => {
      await expect(show(Buffer.from(bytes))).rejects.toThrow(PacketError)
    },
  )

  const texts = fc.array(
    fc.string({ unit: 'binary', maxLength: 60 }).filter((s) => !s.endsWith('\n')),
  )

  test('gives back what packet wrote, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(texts, fc.array(fc.nat(500)), async (lines, ends) => {
        const bytes = Buffer.from(`${lines.map(packet).join('')}0000`)
        expect(
          await show(
            bytes,
            ends.map((end) => Math.min(end, bytes.length)),
          ),
        ).toEqual([...lines.map((line) => Buffer.from(line).toString()), '!flush'])
      }),
    )
  })

  test('refuses every stream that ends within a packet', async () => {
    const bytes = Buffer.from(`${packet('one')}${packet('two')}`)
    const ends = new Set([0, packet('one').length, bytes.length])
    for (let length = 0; length <= bytes.length; length++) {
      const read = show(bytes.subarray(0, length))
      if (ends.has(length)) await read
      else await expect(read).rejects.toThrow(PacketError)
    }
  })

  test('random bytes are read or refused, nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        await show(bytes).catch((error: unknown) => expect(error).toBeInstanceOf(PacketError))
      }),
    )
  })
})

test('packet refuses what is longer than Git allows', () => {
  expect(packet('x'.repeat(PACKET_BYTES_MAX - 5))).toHaveLength(PACKET_BYTES_MAX)
  expect(() => packet('x'.repeat(PACKET_BYTES_MAX - 4))).toThrow(PacketError)
})
