import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { ClusterConnection } from '../../lib/cluster/port.ts'
import type { Engine } from '../../lib/engine/port.ts'
import { createAccess } from './access.ts'
import { createControllers } from './controllers/all.ts'
import { runControllers } from './controllers/runner.ts'
import { openCredentials, storeCredentials, writeKubeconfig } from './credentials.ts'
import { createFields } from './fields.ts'
import { collectGarbage } from './gc.ts'
import { createPages } from './lists.ts'
import { createRegistry } from './registry.ts'
import { addFirstObjects } from './first-objects.ts'
import { startServer } from './server.ts'
import { openStore } from './store.ts'

export interface SandboxOptions {
  readonly engine: Engine
  /** Where objects and credentials are kept; without it nothing outlives the process. */
  readonly dataDir?: string
  /** A port of 127.0.0.1; by default the one of last time, or a free one. */
  readonly port?: number
  /** How long a pod takes for each step of its life. */
  readonly podStepMs?: number
  readonly onError?: (error: unknown) => void
}

export interface Sandbox {
  readonly connection: ClusterConnection
  /** For `kubectl --kubeconfig`; empty without a data folder. */
  readonly kubeconfigPath: string
  stop(): Promise<void>
}

const POD_STEP_MS = 1500

/** A cluster in this process: a small API server and controllers; nothing really runs in it. */
export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { dataDir, engine, onError = () => undefined } = options
  const now = (): number => Date.now()
  const newUid = (): string => randomUUID()
  const stored = openCredentials(dataDir, now())
  const credentials = { ...stored, port: options.port ?? stored.port }
  const store = openStore(dataDir === undefined ? undefined : join(dataDir, 'objects'))
  const registry = createRegistry(store)
  const podStepMs = options.podStepMs ?? POD_STEP_MS
  const controllers = createControllers()
  const stopControllers = runControllers({ store, now, newUid, podStepMs }, controllers, onError)
  const stopGarbage = collectGarbage({ store, registry, now }, onError)
  addFirstObjects({ store, now, newUid })

  const context = {
    store,
    registry,
    now,
    newUid,
    fields: createFields(engine, now),
    pages: createPages(),
    access: createAccess(store, credentials),
  }
  const server = await startServer({ context, credentials, onError })
  const url = `https://127.0.0.1:${server.port}`
  const used = { ...credentials, port: server.port }
  if (dataDir !== undefined) storeCredentials(dataDir, used)
  return {
    connection: { server: url, ca: credentials.ca, bearerToken: credentials.token },
    kubeconfigPath: dataDir === undefined ? '' : writeKubeconfig(dataDir, url, used),
    async stop() {
      stopControllers()
      stopGarbage()
      await server.stop()
      store.close()
    },
  }
}
