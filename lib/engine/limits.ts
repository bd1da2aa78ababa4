/** What one engine may take. The memory limit holds for every WebAssembly memory of the process. */
export interface EngineLimits {
  /** Threads at a time, over all tenants; each holds one instance. */
  readonly workersMax: number
  /** Time of one request, without the start of its instance. */
  readonly runTimeoutMs: number
  readonly startTimeoutMs: number
  readonly memoryBytesMax: number
  readonly requestBytesMax: number
  readonly answerBytesMax: number
  /** An instance is replaced after so many requests: what leaks in it stays small. */
  readonly runsMax: number
  /** Requests that may wait for a thread. */
  readonly waitingMax: number
  /** A thread unused for so long is ended. */
  readonly idleMs: number
}

export const ENGINE_LIMITS: EngineLimits = {
  workersMax: 2,
  runTimeoutMs: 20_000,
  startTimeoutMs: 60_000,
  memoryBytesMax: 512 * 1024 * 1024,
  requestBytesMax: 16 * 1024 * 1024,
  answerBytesMax: 32 * 1024 * 1024,
  runsMax: 10_000,
  waitingMax: 10_000,
  idleMs: 60_000,
}

export const WASM_PAGE_BYTES = 65_536
