import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ArgosyError } from '../../lib/fault/fault.ts'
import { type DataLock, lockDataFolder } from '../data-lock.ts'
import { writeGoModule } from './go-module.ts'
import { runGo } from './run-go.ts'
import { BINARIES, type Binary, KUBERNETES_VERSION, KWOK_VERSION } from './versions.ts'

export interface FindOptions {
  readonly onProgress: (line: string) => void
  readonly env?: Readonly<Record<string, string | undefined>>
}

/**
 * The folder with the binaries of a control plane: `KUBEBUILDER_ASSETS`, or the cache, into which
 * they are built once from the Go module proxy (about ten minutes on two cores).
 */
export async function findBinaries(options: FindOptions): Promise<string> {
  const { env = process.env } = options
  const assets = env['KUBEBUILDER_ASSETS'] ?? ''
  if (assets === '') return buildBinaries(cacheFolder(env), options)
  const missing = await missingIn(assets)
  if (missing.length === 0) return assets
  const message = `KUBEBUILDER_ASSETS ${assets} lacks ${missing.join(', ')}; add them, or unset it to build all`
  throw new ArgosyError({ code: 'FailedPrecondition', message })
}

export function cacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  const cache = env['XDG_CACHE_HOME'] ?? ''
  const root = cache === '' ? join(homedir(), '.cache') : cache
  const platform = `${process.platform}-${process.arch}`
  return join(root, 'argosy', 'kubernetes', KUBERNETES_VERSION, platform)
}

/** Builds into a folder beside `folder` and renames it: what has the name is complete. */
async function buildBinaries(folder: string, options: FindOptions): Promise<string> {
  if ((await missingIn(folder)).length === 0) return folder
  const lock = await waitForLock(`${folder}.build`, options.onProgress)
  try {
    if ((await missingIn(folder)).length === 0) return folder
    await build(folder, options)
    return folder
  } finally {
    lock.release()
  }
}

async function build(folder: string, { onProgress }: FindOptions): Promise<void> {
  const work = `${folder}.build`
  const module = join(work, 'module')
  const output = join(work, 'bin')
  onProgress(
    `building Kubernetes ${KUBERNETES_VERSION} into ${folder}, once; about ten minutes on two cores`,
  )
  await timed(onProgress, 'sources', async () => {
    await mkdir(output, { recursive: true })
    await writeGoModule(module)
  })
  for (const binary of BINARIES) {
    await timed(onProgress, binary, () => buildBinary(binary, module, output))
  }
  await rm(folder, { recursive: true, force: true })
  await rename(output, folder)
  await rm(module, { recursive: true, force: true })
}

async function buildBinary(binary: Binary, module: string, output: string): Promise<void> {
  if (binary === 'kwok') {
    const target = `sigs.k8s.io/kwok/cmd/kwok@${KWOK_VERSION}`
    const args = ['install', '-trimpath', '-ldflags', '-s -w', target]
    await runGo(args, { cwd: output, env: { GOBIN: output, GOFLAGS: '-buildvcs=false -p=2' } })
    return
  }
  const source = binary === 'etcd' ? './etcd' : `k8s.io/kubernetes/cmd/${binary}`
  const flags = binary === 'etcd' ? '-s -w' : LINKER_FLAGS
  const args = ['build', '-trimpath', '-ldflags', flags, '-o', join(output, binary), source]
  await runGo(args, { cwd: module })
}

/** Without these, `kubectl version` and discovery would call the server v0.0.0. */
const LINKER_FLAGS = [
  '-s -w',
  ...['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((path) =>
    Object.entries({
      gitVersion: KUBERNETES_VERSION,
      gitMajor: '1',
      gitMinor: KUBERNETES_VERSION.split('.')[1] ?? '',
      gitTreeState: 'clean',
      buildDate: '2026-01-01T00:00:00Z',
      gitCommit: '0'.repeat(40),
    }).map(([name, value]) => `-X ${path}.${name}=${value}`),
  ),
].join(' ')

async function missingIn(folder: string): Promise<Binary[]> {
  const missing: Binary[] = []
  for (const binary of BINARIES) {
    const isThere = await stat(join(folder, binary)).then(
      (entry) => entry.isFile(),
      () => false,
    )
    if (!isThere) missing.push(binary)
  }
  return missing
}

/** Another process that builds the same is waited for; then there is nothing left to do. */
async function waitForLock(folder: string, onProgress: (line: string) => void): Promise<DataLock> {
  for (let isFirst = true; ; isFirst = false) {
    try {
      return lockDataFolder(folder)
    } catch (error) {
      if (!(error instanceof ArgosyError)) throw error
      if (isFirst) onProgress(`waiting for another process that builds Kubernetes in ${folder}`)
      await sleep(POLL_MS)
    }
  }
}

const POLL_MS = 1_000

async function timed(
  onProgress: (line: string) => void,
  what: string,
  work: () => Promise<void>,
): Promise<void> {
  const start = performance.now()
  await work()
  onProgress(`  ${what} ${Math.round((performance.now() - start) / 1000)} s`)
}
