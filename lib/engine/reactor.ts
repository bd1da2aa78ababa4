import { createEngineWasi } from './wasi.ts'
import { WASM_PAGE_BYTES } from './limits.ts'

export interface RunRequest {
  /** JSON. */
  readonly text: string
  /** Epoch milliseconds that the engine takes for now. */
  readonly time: number
  readonly seed: string
}

export type RunOutcome =
  | { readonly outcome: 'answered'; readonly text: string }
  /** The instance must not be used again. */
  | { readonly outcome: 'broken'; readonly limit?: 'memory' | 'answer'; readonly detail: string }

export interface ReactorLimits {
  readonly memoryBytesMax: number
  readonly answerBytesMax: number
}

export type Reactor = (request: RunRequest) => RunOutcome

/** Starts an instance of an engine; a failure to start is what every request is answered. */
export function startReactor(module: WebAssembly.Module, limits: ReactorLimits): Reactor {
  const wasi = createEngineWasi()
  let exported: WebAssembly.Exports = {}
  const broken = (error: unknown): RunOutcome =>
    describeBreak(error, { text: wasi.errorText(), memory: exported['memory'], limits })

  try {
    const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: wasi.imports })
    exported = instance.exports
    wasi.initialize(instance)
    const { alloc, run, memory } = readExports(exported)
    return (request) => {
      try {
        wasi.reset(request.time, request.seed)
        const bytes = new TextEncoder().encode(request.text)
        const address = alloc(bytes.length) >>> 0
        new Uint8Array(memory.buffer, address, bytes.length).set(bytes)
        const answer = BigInt.asUintN(64, run(bytes.length))
        const length = Number(answer & 0xffff_ffffn)
        if (length > limits.answerBytesMax) {
          return { outcome: 'broken', limit: 'answer', detail: `its answer has ${length} bytes` }
        }
        const view = new Uint8Array(memory.buffer, Number(answer >> 32n), length)
        return readAnswer(new TextDecoder().decode(view))
      } catch (error) {
        return broken(error)
      }
    }
  } catch (error) {
    return () => broken(error)
  }
}

const PANIC = '{"panic":'

const readAnswer = (text: string): RunOutcome =>
  text.startsWith(PANIC)
    ? { outcome: 'broken', detail: text.slice(PANIC.length, -1) }
    : { outcome: 'answered', text }

interface EngineExports {
  readonly memory: WebAssembly.Memory
  readonly alloc: (size: number) => number
  readonly run: (size: number) => bigint
}

function readExports(exported: WebAssembly.Exports): EngineExports {
  const { memory, argosy_alloc: alloc, argosy_run: run } = exported
  if (!(memory instanceof WebAssembly.Memory)) throw new Error('it exports no memory')
  if (typeof alloc !== 'function' || typeof run !== 'function') {
    throw new Error('it does not export argosy_alloc and argosy_run')
  }
  return {
    memory,
    alloc: (size) => Number(alloc(size)),
    run: (size) => {
      const answer: unknown = run(size)
      if (typeof answer !== 'bigint') throw new Error('argosy_run did not answer an i64')
      return answer
    },
  }
}

interface BreakContext {
  readonly text: string
  readonly memory: WebAssembly.ExportValue | undefined
  readonly limits: ReactorLimits
}

/** Memory grows in steps: a trap this close to the limit came of it. */
const GROWTH_STEP_BYTES = 128 * WASM_PAGE_BYTES

function describeBreak(error: unknown, { text, memory, limits }: BreakContext): RunOutcome {
  const firstLine = text.split('\n').find((line) => line !== '')
  const detail = firstLine ?? (error instanceof Error ? error.message : String(error))
  const used = memory instanceof WebAssembly.Memory ? memory.buffer.byteLength : 0
  const isFull = used + GROWTH_STEP_BYTES > limits.memoryBytesMax
  const isTooSmall = error instanceof RangeError && /memory/i.test(error.message)
  return isFull || isTooSmall || /out of memory/.test(text)
    ? { outcome: 'broken', limit: 'memory', detail }
    : { outcome: 'broken', detail }
}
