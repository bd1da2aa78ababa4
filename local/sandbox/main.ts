import { join } from 'node:path'
import { createWasmEngine } from '../../lib/engine/wasm-engine.ts'
import { engineFolder } from '../engine-folder.ts'
import { lockDataFolder } from '../data-lock.ts'
import { openSandbox } from './sandbox.ts'

/**
 * The process of a sandbox cluster: `main.ts <data folder> [port]`. Tells its parent where it
 * listens, and ends with it.
 */
const [dataDir = '', port] = process.argv.slice(2)
const lock = lockDataFolder(dataDir)
const engine = createWasmEngine({
  directory: engineFolder(join(import.meta.dirname, '..', '..')).built,
  // One client and one instance: what it saves in memory matters more than what it costs in time.
  limits: { workersMax: 1, idleMs: 10 * 60_000, memoryBytesMax: 256 * 1024 * 1024 },
})
const sandbox = await openSandbox({
  engine,
  dataDir,
  ...(port === undefined ? {} : { port: Number(port) }),
  onError: (error) =>
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`),
})

let isStopping = false
async function stop(): Promise<void> {
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
