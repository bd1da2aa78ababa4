import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** Bodies of `argosy_run` as WebAssembly bytes; what lies at address 1024 is the request. */
const TINY_ENGINES = {
  /** Answers the request: address 1024 in the upper half, its length in the lower. */
  echo: [0x42, ...signedLeb(1024n << 32n), 0x20, 0x00, 0xad, 0x84],
  /** `loop br 0 end` */
  loop: [0x03, 0x40, 0x0c, 0x00, 0x0b, 0x42, 0x00],
  /** Grows its memory page by page until that is refused, then traps. */
  grow: bytes('03 40 41 01 40 00 41 7f 46 04 40 00 0b 0c 00 0b 42 00'),
  /** `unreachable` */
  trap: [0x00],
  /** Claims an answer of 4 GB. */
  huge: [0x42, ...signedLeb(0xffff_ffffn)],
} as const satisfies Record<string, readonly number[]>

export type TinyEngine = keyof typeof TINY_ENGINES

/** A folder with an engine a few bytes long, written under the name of a real one, for one test. */
export function tinyEngineFolder(engine: TinyEngine): string {
  const folder = mkdtempSync(join(tmpdir(), 'argosy-engine-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'fieldmanager.wasm'), moduleWith(TINY_ENGINES[engine]))
  return folder
}

function moduleWith(run: readonly number[]): Uint8Array {
  const i32 = 0x7f
  const i64 = 0x7e
  const types = [...functionType(i32, i32), ...functionType(i32, i64)]
  const exported = [
    ...name('memory'),
    ...bytes('02 00'),
    ...name('argosy_alloc'),
    ...bytes('00 00'),
    ...name('argosy_run'),
    ...bytes('00 01'),
  ]
  const alloc = body([0x41, ...signedLeb(1024n)])
  return Uint8Array.from([
    ...bytes('00 61 73 6d 01 00 00 00'),
    ...section(1, [2, ...types]),
    ...section(3, [2, 0, 1]),
    ...section(5, [1, 0x00, 1]),
    ...section(7, [3, ...exported]),
    ...section(10, [2, ...alloc, ...body(run)]),
  ])
}

const functionType = (parameter: number, result: number): number[] => [
  0x60,
  1,
  parameter,
  1,
  result,
]
const name = (text: string): number[] => [text.length, ...Buffer.from(text)]
const section = (id: number, content: readonly number[]): number[] => [
  id,
  content.length,
  ...content,
]
const body = (code: readonly number[]): number[] => [code.length + 2, 0, ...code, 0x0b]

function signedLeb(value: bigint): number[] {
  const bytes: number[] = []
  for (let rest = value; ;) {
    const byte = Number(rest & 0x7fn)
    rest >>= 7n
    const isLast = rest === 0n && (byte & 0x40) === 0
    bytes.push(isLast ? byte : byte | 0x80)
    if (isLast) return bytes
  }
}

function bytes(hex: string): number[] {
  return hex.split(' ').map((byte) => Number.parseInt(byte, 16))
}
