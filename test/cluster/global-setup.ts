import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { TestProject } from 'vitest/node'
import { readKubeconfig } from '../../lib/cluster/kubeconfig.ts'
import type { ClusterConnection } from '../../lib/cluster/port.ts'
import { startControlPlane } from '../../local/control-plane/start.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The API server of this run; its user may do everything. */
    connection: ClusterConnection
    /** For `kubectl --kubeconfig`. */
    kubeconfig: string
  }
}

/** The cluster of `ARGOSY_TEST_KUBECONFIG`, else a control plane of our own for this run. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['ARGOSY_TEST_KUBECONFIG'] ?? ''
  if (given !== '') {
    const readFrom = (path: string) => readFile(resolve(path), 'utf8')
    const { connection } = await readKubeconfig(await readFrom(given), { readFile: readFrom })
    project.provide('connection', connection)
    project.provide('kubeconfig', resolve(given))
    return () => Promise.resolve()
  }
  const plane = await startControlPlane({ onProgress: (line) => process.stdout.write(`${line}\n`) })
  project.provide('connection', plane.connection)
  project.provide('kubeconfig', plane.kubeconfig)
  return () => plane.stop()
}
