import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { ClusterConnection } from '../lib/cluster/port.ts'
import { readKubeconfig } from '../lib/cluster/kubeconfig.ts'
import { ArgosyError } from '../lib/fault/fault.ts'

/** `sandbox`, `real` (a control plane built from source), or the path of a kubeconfig. */
export type ClusterChoice = string

export interface LocalCluster {
  readonly connection: ClusterConnection
  /** For `kubectl --kubeconfig`. */
  readonly kubeconfig: string
  readonly description: string
  stop(): Promise<void>
}

interface OpenOptions {
  readonly dataDir: string
  readonly onProgress: (line: string) => void
}

/** Starts the chosen cluster, or connects to one that is there. Throws `InvalidArgument` for a bad kubeconfig. */
export async function openLocalCluster(
  choice: ClusterChoice,
  { dataDir, onProgress }: OpenOptions,
): Promise<LocalCluster> {
  if (choice === 'sandbox') {
    const { startSandbox } = await import('./sandbox/start.ts')
    const sandbox = await startSandbox({ dataDir: join(dataDir, 'sandbox'), onProgress })
    return {
      connection: sandbox.connection,
      kubeconfig: sandbox.kubeconfigPath,
      description: 'sandbox cluster (nothing really runs in it)',
      stop: () => sandbox.stop(),
    }
  }
  if (choice === 'real') {
    const { startControlPlane } = await import('./control-plane/start.ts')
    const plane = await startControlPlane({ dataDir: join(dataDir, 'kubernetes'), onProgress })
    return {
      connection: plane.connection,
      kubeconfig: plane.kubeconfig,
      description: 'real Kubernetes control plane, with a fake node',
      stop: () => plane.stop(),
    }
  }
  return openKubeconfig(choice)
}

async function openKubeconfig(path: string): Promise<LocalCluster> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    const message = `cluster ${path} is neither 'sandbox' nor 'real' nor a kubeconfig that can be read; give one of them`
    throw new ArgosyError({ code: 'InvalidArgument', message }, { cause })
  }
  const { connection } = await readKubeconfig(text, {
    readFile: (name) => readFile(resolve(dirname(path), name), 'utf8'),
  })
  return {
    connection,
    kubeconfig: path,
    description: `cluster ${connection.server}`,
    stop: () => Promise.resolve(),
  }
}
