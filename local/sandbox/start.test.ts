import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { createHttp2Clusters } from '../../lib/cluster/http2-cluster.ts'
import { startSandbox } from './start.ts'

vi.setConfig({ testTimeout: 60_000 })

test('a sandbox runs in a process of its own, one a folder', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'argosy-sandbox-'))
  const lines: string[] = []
  const sandbox = await startSandbox({ dataDir, onProgress: (line) => lines.push(line) })
  const clusters = createHttp2Clusters({ clock: { now: () => 0 } })
  expect(await clusters.connect('acme', sandbox.connection).version()).toContain('sandbox')
  expect(lines.at(-1)).toContain(sandbox.connection.server)
  await expect(startSandbox({ dataDir })).rejects.toThrow('is in use by process')
  await clusters.close()
  await sandbox.stop()
  rmSync(dataDir, { recursive: true })
})
