import { mkdtemp, rm } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type ApiClient, openApi } from './api-client.ts'
import { type ClusterClient, openCluster } from './cluster-client.ts'
import { createMonorepo, type Monorepo } from './monorepo.ts'
import { measureCreation } from './measure-creation.ts'
import { measureCommit } from './measure-commit.ts'
import { measureIdle } from './measure-idle.ts'
import type { FleetOptions } from './options.ts'
import { type PlatformClient, startPlatformProcess } from './platform-client.ts'
import type { FleetResult } from './result.ts'

/** The stage that all measurements play on. */
export interface Fleet {
  readonly apps: readonly string[]
  readonly namespace: string
  readonly platform: PlatformClient
  readonly api: ApiClient
  readonly cluster: ClusterClient
  readonly repository: Monorepo
  readonly onProgress: (line: string) => void
}

/**
 * Starts the platform, gives it N Applications and measures. Whatever happens, everything that was
 * started is ended again. Throws `Internal` when anything does not sync in time.
 */
export async function runFleet(
  options: FleetOptions,
  onProgress: (line: string) => void,
): Promise<FleetResult> {
  const cleanups: (() => Promise<void>)[] = []
  try {
    const fleet = await prepare(options, { onProgress, cleanups })
    const creation = await measureCreation(fleet)
    const synced = performance.now()
    const oneCommit = await measureCommit(fleet)
    const idle60 = await measureIdle(fleet, synced)
    return { apps: options.apps, ...creation, oneCommit, idle60 }
  } finally {
    for (const cleanup of cleanups.toReversed()) await cleanup()
  }
}

async function prepare(
  options: FleetOptions,
  { onProgress, cleanups }: Pick<Fleet, 'onProgress'> & { cleanups: (() => Promise<void>)[] },
): Promise<Fleet> {
  const { dataDir, cluster: choice, nodeFlags } = options
  const folder = dataDir === undefined ? await mkdtemp(join(tmpdir(), 'argosy-bench-')) : dataDir
  if (dataDir === undefined) cleanups.push(() => rm(folder, { recursive: true, force: true }))

  const request = { dataDir: resolve(folder), cluster: choice }
  const platform = await startPlatformProcess({ request, nodeFlags, onProgress })
  cleanups.push(() => platform.stop())
  const { url, password, gitUrl, gitRoot, kubeconfig, cluster: description } = platform.started
  onProgress(`platform ready at ${url}; ${description}`)

  const id = randomUUID().slice(0, 8)
  const apps = Array.from({ length: options.apps }, (_, index) => `fleet-${id}-${index + 1}`)
  const namespace = `argosy-bench-${id}`
  const api = await openApi(url, password)
  const cluster = await openCluster(kubeconfig, namespace)
  cleanups.push(() => cluster.stop())
  const repository = await createMonorepo({ url: gitUrl, root: gitRoot }, apps)
  cleanups.push(() => repository.remove())
  onProgress(`repository with ${apps.length} Applications pushed`)
  return { apps, namespace, platform, api, cluster, repository, onProgress }
}
