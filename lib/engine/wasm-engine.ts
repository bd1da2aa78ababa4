import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { ArgosyError, type Fault } from '../fault/fault.ts'
import { isObject, type Json, parseJson, stringifyJson } from '../std/json.ts'
import { createThreadPool } from './thread-pool.ts'
import { startEngineThread, type ThreadOutcome } from './engine-thread.ts'
import { ENGINE_LIMITS, type EngineLimits, WASM_PAGE_BYTES } from './limits.ts'
import type { Engine, EngineName } from './port.ts'

export interface WasmEngineOptions {
  /** The folder that holds `<engine>.wasm`. */
  readonly directory: string
  readonly limits?: Partial<EngineLimits>
  /** Where a bundler put `engine-worker.ts`; by default the file beside this one. */
  readonly workerUrl?: URL
}

/**
 * Engines in worker threads, compiled on first use. Requests are JSON objects; their fields `time`
 * (epoch ms) and `seed` are the clock and the randomness that the engine sees. An answer is
 * `{ result }` or `{ error: { code, reason, message, causes } }`, which is no fault of the engine.
 * Throws `EngineFailed` when an instance breaks, and `LimitExceeded` that names the limit.
 */
export function createWasmEngine(options: WasmEngineOptions): Engine {
  const limits = { ...ENGINE_LIMITS, ...options.limits }
  const workerUrl = options.workerUrl ?? new URL('./engine-worker.ts', import.meta.url)
  const modules = new Map<EngineName, Promise<WebAssembly.Module>>()
  const pool = createThreadPool(limits)

  const moduleOf = (engine: EngineName): Promise<WebAssembly.Module> => {
    const known = modules.get(engine)
    if (known !== undefined) return known
    const compiling = compileEngine(join(options.directory, `${engine}.wasm`), engine, limits)
    modules.set(engine, compiling)
    compiling.catch(() => modules.delete(engine))
    return compiling
  }

  return {
    async run(tenant, engine, request) {
      const text = stringifyJson(request)
      if (Buffer.byteLength(text) > limits.requestBytesMax) {
        throw limitExceeded(engine, 'requestBytesMax', limits.requestBytesMax)
      }
      const module = await moduleOf(engine)
      const start = () => startEngineThread({ module, limits, workerUrl })
      const outcome = await pool.run({ tenant, engine }, start, (thread) =>
        thread.run({ text, ...seedOf(request) }),
      )
      return readOutcome(engine, outcome, limits)
    },
    close: () => pool.close(),
  }
}

/** The memory limit is V8's, for the whole process, and counts from the next memory on. */
async function compileEngine(
  path: string,
  engine: EngineName,
  limits: EngineLimits,
): Promise<WebAssembly.Module> {
  setFlagsFromString(`--wasm-max-mem-pages=${Math.floor(limits.memoryBytesMax / WASM_PAGE_BYTES)}`)
  try {
    return await WebAssembly.compile(await readFile(path))
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    const detail = isMissing
      ? `${path} does not exist; build it with 'npm run build:engines'`
      : `${path} is no engine; build it again with 'npm run build:engines'`
    throw new ArgosyError({ code: 'EngineFailed', engine, detail }, { cause: error })
  }
}

function seedOf(request: Json): { readonly time: number; readonly seed: string } {
  const { time, seed } = isObject(request) ? request : {}
  return {
    time: typeof time === 'number' ? time : 0,
    seed: typeof seed === 'string' ? seed : '',
  }
}

function readOutcome(engine: EngineName, outcome: ThreadOutcome, limits: EngineLimits): Json {
  switch (outcome.outcome) {
    case 'answered':
      return parseJson(outcome.text)
    case 'timeout':
      throw limitExceeded(engine, 'runTimeoutMs', outcome.timeoutMs)
    case 'broken':
      if (outcome.limit === 'memory') {
        throw limitExceeded(engine, 'memoryBytesMax', limits.memoryBytesMax)
      }
      if (outcome.limit === 'answer') {
        throw limitExceeded(engine, 'answerBytesMax', limits.answerBytesMax)
      }
      throw failed(engine, outcome.detail)
  }
}

const failed = (engine: EngineName, detail: string): ArgosyError =>
  new ArgosyError({ code: 'EngineFailed', engine, detail } satisfies Fault)

const limitExceeded = (engine: EngineName, limit: keyof EngineLimits, max: number): ArgosyError =>
  new ArgosyError({
    code: 'LimitExceeded',
    limit,
    message: `${engine} engine: the request needs more than ${LIMIT_TEXTS[limit] ?? limit} of ${max}; make it smaller (${limit})`,
  })

const LIMIT_TEXTS: Partial<Record<keyof EngineLimits, string>> = {
  requestBytesMax: 'the request bytes',
  answerBytesMax: 'the answer bytes',
  memoryBytesMax: 'the memory bytes',
  runTimeoutMs: 'the milliseconds',
}
