import { ConsoleStdout, File, OpenFile, WASI } from '@bjorn3/browser_wasi_shim'
import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'

export interface EngineWasi {
  readonly imports: WebAssembly.ModuleImports
  initialize(instance: WebAssembly.Instance): void
  /** Sets the clock (epoch ms) and the randomness that the engine sees from now on. */
  reset(time: number, seed: string): void
  /** The end of what the engine wrote to its error output since the last reset. */
  errorText(): string
}

const ERROR_TEXT_MAX = 4096
/** No collection while starting, a quarter of its time; `abi.Serve` then sets the real bounds. */
const SETTINGS = ['GOGC=off']
const NO_SYSTEM_CALL = 52
const CLOCK_REALTIME = 0
const NANOSECONDS_PER_MS = 1_000_000n
/** Each look at the monotonic clock advances it, so that nothing in an engine waits for ever. */
const TICK_NANOSECONDS = 1000n

/**
 * A system interface without a system (law 9): no files, no environment of ours, no network;
 * time stands where the request says, randomness is a generator that the request seeds.
 */
export function createEngineWasi(): EngineWasi {
  let errorBytes = new Uint8Array()
  const nowhere = new ConsoleStdout(() => undefined)
  const errors = new ConsoleStdout((bytes) => {
    errorBytes = concatBytes(errorBytes, bytes).slice(-ERROR_TEXT_MAX)
  })
  const wasi = new WASI(['engine'], SETTINGS, [new OpenFile(new File([])), nowhere, errors], {
    debug: false,
  })

  let memory: WebAssembly.Memory | undefined
  let wallClock = 0n
  let monotonic = 0n
  let random = randomBytes('')
  const view = (): DataView => new DataView(memoryOf(memory).buffer)

  const imports: WebAssembly.ModuleImports = {
    ...wasi.wasiImport,
    clock_time_get(id: number, _precision: bigint, address: number): number {
      monotonic += TICK_NANOSECONDS
      view().setBigUint64(address, id === CLOCK_REALTIME ? wallClock : monotonic, true)
      return 0
    },
    random_get(address: number, length: number): number {
      const target = new Uint8Array(memoryOf(memory).buffer, address, length)
      for (let at = 0; at < length; at++) target[at] = random()
      return 0
    },
    // Go's scheduler sleeps now and then; our clock needs nobody to wait, it jumps.
    poll_oneoff(subscriptions: number, events: number, count: number, eventCount: number): number {
      const timer = readTimer(view(), subscriptions, count)
      if (timer === undefined) return NO_SYSTEM_CALL
      const end = timer.isAbsolute ? timer.timeout : monotonic + timer.timeout
      if (end > monotonic) monotonic = end
      view().setBigUint64(events, timer.userData, true)
      view().setBigUint64(events + 8, 0n, true)
      view().setUint32(eventCount, 1, true)
      return 0
    },
    sched_yield: () => 0,
    sock_accept: () => NO_SYSTEM_CALL,
    sock_recv: () => NO_SYSTEM_CALL,
    sock_send: () => NO_SYSTEM_CALL,
    sock_shutdown: () => NO_SYSTEM_CALL,
  }
  return {
    imports,
    initialize(instance) {
      const exported = instance.exports['memory']
      if (!(exported instanceof WebAssembly.Memory)) throw new Error('it exports no memory')
      memory = exported
      const start = instance.exports['_initialize']
      const withMemory = { exports: { memory, _initialize: asFunction(start) } }
      wasi.initialize(withMemory)
    },
    reset(time, seed) {
      wallClock = BigInt(Math.trunc(time)) * NANOSECONDS_PER_MS
      random = randomBytes(seed)
      errorBytes = new Uint8Array()
    },
    errorText: () => new TextDecoder().decode(errorBytes),
  }
}

const SUBSCRIPTION_BYTES = 48
const TIMER_TAG = 0

/** The first timer among the subscriptions of a poll, laid out as `wasi_snapshot_preview1` says. */
function readTimer(view: DataView, subscriptions: number, count: number) {
  for (let at = subscriptions; at < subscriptions + count * SUBSCRIPTION_BYTES;) {
    if (view.getUint8(at + 8) === TIMER_TAG) {
      return {
        userData: view.getBigUint64(at, true),
        timeout: view.getBigUint64(at + 24, true),
        isAbsolute: (view.getUint16(at + 40, true) & 1) === 1,
      }
    }
    at += SUBSCRIPTION_BYTES
  }
  return undefined
}

function memoryOf(memory: WebAssembly.Memory | undefined): WebAssembly.Memory {
  if (memory === undefined) throw new Error('it called the system before it was started')
  return memory
}

const asFunction = (value: WebAssembly.ExportValue | undefined): (() => unknown) =>
  typeof value === 'function' ? () => value() as unknown : () => undefined

/** SHA-256 of the seed and a counter: the same seed gives the same bytes, everywhere. */
function randomBytes(seed: string): () => number {
  let block = new Uint8Array()
  let counter = 0
  let at = 0
  return () => {
    if (at >= block.length) {
      block = sha256(utf8ToBytes(`${counter++}:${seed}`))
      at = 0
    }
    return block[at++] ?? 0
  }
}
