import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import { createWasmEngine } from '../../lib/engine/wasm-engine.ts'
import { engineFolder } from '../../local/engine-folder.ts'
import { openSandbox } from '../../local/sandbox/sandbox.ts'
import { openHttp2Subject } from '../cluster/http2-subject.ts'
import { clusterContract } from './cluster.contract.ts'

// The engine takes a second of a processor to start, which a busy machine may not have at once.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

clusterContract('http2 on the sandbox', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'argosy-sandbox-'))
  const engine = createWasmEngine({ directory: engineFolder(process.cwd()).built })
  const sandbox = await openSandbox({ engine, dataDir, podStepMs: 0 })
  const subject = await openHttp2Subject(sandbox.connection)
  return {
    ...subject,
    async close() {
      await subject.close()
      await sandbox.stop()
      await engine.close()
      rmSync(dataDir, { recursive: true })
    },
  }
})
