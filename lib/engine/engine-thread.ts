import { Worker } from 'node:worker_threads'
import type { EngineWorkerData } from './engine-worker.ts'
import type { EngineLimits } from './limits.ts'
import type { RunOutcome, RunRequest } from './reactor.ts'

export type ThreadOutcome = RunOutcome | { readonly outcome: 'timeout'; readonly timeoutMs: number }

/** A worker thread with one engine instance. It serves one request at a time. */
export interface EngineThread {
  run(request: RunRequest): Promise<ThreadOutcome>
  end(): Promise<void>
}

export interface EngineThreadOptions {
  readonly module: WebAssembly.Module
  readonly limits: EngineLimits
  /** Where a bundler put `engine-worker.ts`. */
  readonly workerUrl: URL
}

export function startEngineThread({
  module,
  limits,
  workerUrl,
}: EngineThreadOptions): EngineThread {
  const { memoryBytesMax, answerBytesMax } = limits
  const data: EngineWorkerData = { module, limits: { memoryBytesMax, answerBytesMax } }
  // No environment and no outer arguments: what runs in there has no business with them.
  const worker = new Worker(workerUrl, { workerData: data, env: {}, argv: [], execArgv: [] })
  let isStarted = false

  /** The next message; a thread that dies or is late answers, too. */
  const nextMessage = (timeoutMs: number): Promise<'started' | ThreadOutcome> =>
    new Promise((resolve) => {
      const finish = (message: 'started' | ThreadOutcome): void => {
        clearTimeout(timer)
        worker.off('message', finish).off('error', onError).off('exit', onExit)
        resolve(message)
      }
      const onError = (error: unknown): void =>
        finish({ outcome: 'broken', detail: error instanceof Error ? error.message : 'unknown' })
      const onExit = (): void => finish({ outcome: 'broken', detail: 'its thread ended' })
      const timer = setTimeout(() => finish({ outcome: 'timeout', timeoutMs }), timeoutMs)
      worker.on('message', finish).on('error', onError).on('exit', onExit)
    })
  // Between requests an error has nobody to go to; the next request finds the thread gone.
  worker.on('error', () => undefined)
  const starting = nextMessage(limits.startTimeoutMs)

  return {
    async run(request) {
      worker.ref()
      try {
        const started = isStarted ? 'started' : await starting
        if (started !== 'started') return started
        isStarted = true
        const answer = nextMessage(limits.runTimeoutMs)
        worker.postMessage(request)
        const outcome = await answer
        return outcome === 'started' ? { outcome: 'broken', detail: 'it started twice' } : outcome
      } finally {
        worker.unref()
      }
    },
    async end() {
      await worker.terminate()
    },
  }
}
