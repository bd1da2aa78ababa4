import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createApi } from '../functions/api/api.ts'
import { ensureAdmin } from '../lib/manage/ensure-admin.ts'
import type { Intervals } from '../lib/reconcile/ports.ts'
import { type LocalAws, startLocalAws } from './aws.ts'
import { composeLocal, LOCAL_INTERVALS, type LocalPorts } from './compose.ts'
import { type ClusterChoice, type LocalCluster, openLocalCluster } from './local-cluster.ts'
import { openLogFile } from './log-file.ts'
import { type GitServer, startGitServer } from './git-server/git-server.ts'
import { createSampleRepository } from './git-server/sample-repository.ts'
import { type HttpListener, listen } from './listen.ts'
import { registerInCluster } from './register-cluster.ts'
import { createOperatorToken, writeOperatorFile } from './operator-file.ts'
import { onRememberedPort } from './remembered-port.ts'
import { startWorkers } from './workers.ts'

/** The tenant that lives at `/`. */
export const TENANT = 'default'

/** Run from source: there is no build to speak of. */
const BUILD = {
  commit: '',
  buildDate: '',
  platform: `${process.platform}/${process.arch}`,
  runtime: `node${process.versions.node}`,
}

export interface PlatformOptions {
  /** Where all state is kept; a second start on it goes on where the first stopped. */
  readonly dataDir: string
  /** The port wished for; when it is taken, a free one is used. */
  readonly port: number
  readonly cluster: ClusterChoice
  readonly intervals?: Partial<Intervals>
  /** Told what is being done, one line a step. */
  readonly onProgress: (line: string) => void
}

export interface Platform {
  readonly url: string
  readonly git: Pick<GitServer, 'url' | 'root'>
  readonly cluster: Pick<LocalCluster, 'description' | 'kubeconfig'>
  readonly ports: LocalPorts['ports']
  readonly counts: LocalPorts['counts']
  /** Until it is changed. */
  readonly initialPassword: string | undefined
  readonly logFile: string
  /** Set when the port wished for was taken. */
  readonly isOtherPort: boolean
  stop(): Promise<void>
}

/**
 * Starts the whole platform in this process, its cluster beside it: embedded AWS, the functions,
 * the API, a Git server with sample repositories. Everything listens on 127.0.0.1.
 * Throws `FailedPrecondition` when the data folder is in use; what was started is stopped again.
 */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const { dataDir } = options
  const started: { stop(): Promise<void> }[] = []
  const stop = async (): Promise<void> => {
    // What feeds the others ends first; the data folder is let go last.
    for (const part of started.toReversed()) await part.stop()
  }
  try {
    const aws = await startLocalAws({ dataDir })
    started.push(aws)
    const log = openLogFile(join(dataDir, 'argosy.log'))
    started.push(log)

    const [cluster, git] = await Promise.all([
      openLocalCluster(options.cluster, { dataDir, onProgress: options.onProgress }),
      startGit(dataDir),
    ])
    started.push(cluster, git)
    return await startFunctions(options, { aws, log, cluster, git, started, stop })
  } catch (error) {
    await stop()
    throw error
  }
}

interface Parts {
  readonly aws: LocalAws
  readonly log: { readonly path: string; write(line: string): void }
  readonly cluster: LocalCluster
  readonly git: GitServer
  readonly started: { stop(): Promise<void> }[]
  readonly stop: () => Promise<void>
}

async function startFunctions(options: PlatformOptions, parts: Parts): Promise<Platform> {
  const { aws, log, cluster, git, started, stop } = parts
  const local = composeLocal({
    dataDir: options.dataDir,
    aws,
    intervals: { ...LOCAL_INTERVALS, ...options.intervals },
    log: (line) => log.write(line),
  })
  const { ports } = local
  started.push({ stop: () => ports.clusters.close() })
  const initialPassword = await ensureAdmin(ports, TENANT)
  await registerInCluster(ports, TENANT, cluster.connection)

  const operatorToken = createOperatorToken()
  const listener: HttpListener = await listen(
    options.port,
    (url) => createApi(ports, { url, build: BUILD, operatorToken }).fetch,
  )
  const operator = { url: listener.url, token: operatorToken }
  started.push(listener, await writeOperatorFile(options.dataDir, operator))
  started.push(await startWorkers(ports, aws, local.alarm))
  return {
    url: listener.url,
    git,
    cluster,
    ports,
    counts: () => local.counts(),
    initialPassword,
    logFile: log.path,
    isOtherPort: listener.port !== options.port && options.port !== 0,
    stop,
  }
}

async function startGit(dataDir: string): Promise<GitServer> {
  const root = join(dataDir, 'git')
  await mkdir(root, { recursive: true })
  await createSampleRepository(root)
  return onRememberedPort(join(dataDir, 'git-port'), (port) => startGitServer({ root, port }))
}
