import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createWasmEngine } from '../../lib/engine/wasm-engine.ts'
import { ArgosyError } from '../../lib/fault/fault.ts'
import { lockDataFolder } from '../data-lock.ts'
import { engineFolder } from '../engine-folder.ts'
import { openSandbox } from './sandbox.ts'

/**
 * The process of a sandbox cluster: `main.ts <data folder> [port]`. Tells its parent where it
 * listens, or why it does not, and ends with it.
 */
async function main([dataDir = '', port]: readonly string[]): Promise<void> {
  const directory = engineFolder(join(import.meta.dirname, '..', '..')).built
  if (!existsSync(join(directory, 'fieldmanager.wasm'))) throw noEngine()
  const lock = lockDataFolder(dataDir)
  const engine = createWasmEngine({ directory, limits: ENGINE_LIMITS })
  const sandbox = await openSandbox({
    engine,
    dataDir,
    ...(port === undefined ? {} : { port: Number(port) }),
    onError: log,
  })
  let isStopping = false
  const stop = async (): Promise<void> => {
    if (isStopping) return
    isStopping = true
    await sandbox.stop()
    await engine.close()
    lock.release()
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop())
  process.on('disconnect', () => void stop())
  process.send?.({ connection: sandbox.connection, kubeconfigPath: sandbox.kubeconfigPath })
  // Whoever starts a cluster applies something soon: the engine is warm by then.
  await engine.run('sandbox', 'fieldmanager', { version: 1, operation: 'none' })
}

/** One instance is enough for one cluster, and what it saves in memory counts on a laptop. */
const ENGINE_LIMITS = { workersMax: 1, idleMs: 10 * 60_000, memoryBytesMax: 256 * 1024 * 1024 }

const noEngine = (): ArgosyError =>
  new ArgosyError({
    code: 'FailedPrecondition',
    message: `the sandbox cluster needs an engine that is not built; run 'npm run build:engines'`,
  })

const log = (error: unknown): void => {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.stderr.write(`${text}\n`)
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  log(error)
  const failed = error instanceof Error ? error.message : String(error)
  if (process.send === undefined) process.exit(1)
  else process.send({ failed }, () => process.exit(1))
}
