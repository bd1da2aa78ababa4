import { parentPort, workerData } from 'node:worker_threads'
import { type ReactorLimits, type RunRequest, startReactor } from './reactor.ts'

/** The thread of one engine instance: starts it, says so, then answers one request at a time. */

export interface EngineWorkerData {
  readonly module: WebAssembly.Module
  readonly limits: ReactorLimits
}

const { module, limits } = workerData as EngineWorkerData
const run = startReactor(module, limits)
parentPort?.on('message', (request: RunRequest) => parentPort?.postMessage(run(request)))
parentPort?.postMessage('started')
