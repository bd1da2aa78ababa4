import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadAll } from 'js-yaml'
import { cacheFolder, findBinaries } from './build.ts'
import { freePorts } from './free-port.ts'
import { rewriteGoMod } from './go-module.ts'
import { kwokConfig } from './kwok-config.ts'
import { BINARIES } from './versions.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'argosy-binaries-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const find = (env: Readonly<Record<string, string>>) =>
  findBinaries({ env, onProgress: (line) => expect(line).toBe('nothing to do') })

test('KUBEBUILDER_ASSETS is taken when it is complete, else what it lacks is named', async () => {
  for (const name of ['etcd', 'kube-apiserver', 'kubectl']) await writeFile(join(folder, name), '')
  await expect(find({ KUBEBUILDER_ASSETS: folder })).rejects.toThrow(
    `KUBEBUILDER_ASSETS ${folder} lacks kube-controller-manager, kube-scheduler, kwok; add them, or unset it to build all`,
  )
  for (const name of BINARIES) await writeFile(join(folder, name), '')
  expect(await find({ KUBEBUILDER_ASSETS: folder })).toBe(folder)
})

test('the cache is named by version and platform, outside the checkout', () => {
  const platform = `${process.platform}-${process.arch}`
  expect(cacheFolder({ XDG_CACHE_HOME: '/cache' })).toBe(
    `/cache/argosy/kubernetes/v1.35.4/${platform}`,
  )
})

test('libraries that are folders of Kubernetes become published modules', () => {
  const original = `module k8s.io/kubernetes

go 1.25.0

require k8s.io/api v0.0.0

replace (
	k8s.io/api => ./staging/src/k8s.io/api
	k8s.io/sample-cli-plugin => ./staging/src/k8s.io/sample-cli-plugin
)
`
  expect(rewriteGoMod(original)).toBe(`module argosy.local/kubernetes

go 1.25.0

require k8s.io/api v0.0.0

replace (
	k8s.io/api => k8s.io/api v0.35.4
	k8s.io/sample-cli-plugin => k8s.io/sample-cli-plugin v0.35.4
)
`)
})

test('free ports are the preferred ones, and never the same twice', async () => {
  const [first = 0, second = 0] = await freePorts([], 2)
  expect(first).not.toBe(second)
  expect(await freePorts([first, first, second], 3)).toEqual([first, expect.any(Number), second])
})

test('the stages of the fake node are YAML documents with a template or a deletion each', () => {
  const stages = loadAll(kwokConfig()) as { metadata: { name: string }; spec: { next: object } }[]
  expect(stages.map(({ metadata, spec }) => [metadata.name, Object.keys(spec.next)])).toEqual([
    ['node-ready', ['statusTemplate']],
    ['pod-runs', ['statusTemplate']],
    ['pod-broken', ['statusTemplate']],
    ['pod-succeeds', ['statusTemplate']],
    ['pod-ends', ['delete']],
  ])
})
