import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createHttp2Clusters } from '../../lib/cluster/http2-cluster.ts'
import { readKubeconfig } from '../../lib/cluster/kubeconfig.ts'
import type { Cluster } from '../../lib/cluster/port.ts'
import { type ControlPlane, startControlPlane } from '../../local/control-plane/start.ts'

/** With somebody else's cluster there need be no binaries to start one of our own. */
const isOwn = (process.env['ARGOSY_TEST_KUBECONFIG'] ?? '') === ''

let dataDir: string
let plane: ControlPlane | undefined
const clusters = createHttp2Clusters({ clock: { now: () => Date.now() } })
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'argosy-control-plane-'))
})
afterEach(async () => {
  await plane?.stop()
  await clusters.close()
  await rm(dataDir, { recursive: true, force: true })
})

const NOTE = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'note', namespace: 'default' },
  data: { a: '1' },
}

async function start(): Promise<Cluster> {
  plane = await startControlPlane({ dataDir, onProgress: () => undefined })
  return clusters.connect('acme', plane.connection)
}

const configMaps = async (cluster: Cluster) => {
  const info = await cluster.kind('v1', 'ConfigMap')
  if (info === undefined) throw new Error('ConfigMap is not served')
  return info
}

const pidsIn = (folder: string): readonly number[] =>
  JSON.parse(readFileSync(join(folder, 'pids.json'), 'utf8')) as readonly number[]

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test.runIf(isOwn)(
  'a restart keeps the objects, and the kubeconfig stays good',
  async () => {
    const before = await start()
    await before.apply(await configMaps(before), NOTE, { fieldManager: 'test', force: true })
    const kubeconfig = readFileSync(plane?.kubeconfig ?? '', 'utf8')
    const pids = pidsIn(dataDir)
    await plane?.stop()
    expect([pids.length, pids.filter(isAlive)]).toEqual([5, []])

    await start()
    const after = clusters.connect('acme', (await readKubeconfig(kubeconfig)).connection)
    expect(await after.get(await configMaps(after), 'default', 'note')).toMatchObject({
      data: { a: '1' },
    })
  },
  240_000,
)

test.runIf(isOwn)(
  'a data folder is used by one control plane at a time',
  async () => {
    await start()
    await expect(startControlPlane({ dataDir, onProgress: () => undefined })).rejects.toThrow(
      `data folder ${dataDir} is in use by process ${process.pid}`,
    )
  },
  240_000,
)
