import { randomInt } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { createHttp2Clusters } from '../../lib/cluster/http2-cluster.ts'
import type { Cluster } from '../../lib/cluster/port.ts'
import { cloneWorkingCopy } from '../../local/git-server/working-copy.ts'
import { type ArgosyProcess, startArgosy } from '../builders/argosy-process.ts'
import { type Api, openApi } from '../builders/http-api.ts'
import { createNamespace } from './namespaces.ts'

// Law 1 as people meet it: the process dies at any moment, its queue with it, and nothing is lost.

const APPS = 100
const KILLS = 3
const AT_ONCE = 10
/** All converge within this time after the last start. */
const CONVERGE_MS = 120_000

const NAMESPACE = `kill-${Math.random().toString(36).slice(2, 8)}`
const clusters = createHttp2Clusters({ clock: { now: () => Date.now() } })
const names = Array.from({ length: APPS }, (_, index) => `app-${index}`)

let cluster: Cluster
let dataDir: string
let platform: ArgosyProcess | undefined

beforeEach(async () => {
  cluster = clusters.connect('acme', inject('connection'))
  await createNamespace(cluster, NAMESPACE)
  dataDir = await mkdtemp(join(tmpdir(), 'argosy-kill-'))
})
afterEach(async () => {
  await platform?.end('SIGKILL')
  await clusters.close()
  await rm(dataDir, { recursive: true, force: true })
})

const start = (): Promise<ArgosyProcess> => startArgosy({ dataDir, cluster: inject('kubeconfig') })

/** A folder with one ConfigMap for each Application, all in one commit. */
async function pushApps(git: string): Promise<void> {
  const copy = await cloneWorkingCopy(git)
  const files = Object.fromEntries(
    names.map((name) => [
      `${name}/config-map.yaml`,
      `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { app: ${name} }\n`,
    ]),
  )
  await copy.push({ files, message: 'Add a hundred Applications' })
  await copy.remove()
}

/** Creates what is not acknowledged yet; what the API acknowledges must be there for ever. */
async function createRest(api: Api, git: string, acknowledged: Set<string>): Promise<void> {
  const create = async (name: string): Promise<void> => {
    await api.create(name, { git, path: name, namespace: NAMESPACE })
    acknowledged.add(name)
  }
  const rest = names.filter((name) => !acknowledged.has(name))
  for (let at = 0; at < rest.length; at += AT_ONCE)
    await Promise.all(rest.slice(at, at + AT_ONCE).map(create))
}

/** Somewhere while the Applications are made and synced. */
async function killAtRandom(victim: ArgosyProcess): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, randomInt(200, 4000)))
  await victim.end('SIGKILL')
}

const configMapsThere = async (): Promise<readonly string[]> => {
  const info = await cluster.kindOf('', 'ConfigMap')
  if (info === undefined) throw new Error('ConfigMap is not served')
  const live = await cluster.list(info, { namespace: NAMESPACE })
  return live.map(({ metadata }) => metadata.name ?? '').filter((name) => name.startsWith('app-'))
}

test('killed at random while 100 Applications sync, nothing acknowledged is lost and all converge', async () => {
  platform = await start()
  const { password } = platform
  await pushApps(platform.git)
  const acknowledged = new Set<string>()
  for (let kill = 0; kill < KILLS; kill++) {
    const api = await openApi(platform.url, password)
    const creating = createRest(api, platform.git, acknowledged).catch(() => undefined)
    await killAtRandom(platform)
    await creating
    platform = await start()
    const after = await openApi(platform.url, password)
    const there = (await after.list()).map(({ metadata }) => metadata.name)
    expect(there).toEqual(expect.arrayContaining([...acknowledged]))
  }

  const api = await openApi(platform.url, password)
  await createRest(api, platform.git, acknowledged)
  const stateOf = async (): Promise<readonly string[]> =>
    (await api.list())
      .filter(({ status }) => status.sync.status !== 'Synced' || status.health.status !== 'Healthy')
      .map(({ metadata }) => metadata.name)
  await expect.poll(stateOf, { timeout: CONVERGE_MS, interval: 500 }).toEqual([])
  expect((await configMapsThere()).toSorted()).toEqual(names.toSorted())
}, 240_000)
