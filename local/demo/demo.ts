import { mkdtemp, mkdir, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ArgosyError, describeFault, faultOf } from '../../lib/fault/fault.ts'
import { createSampleRepository, SAMPLE_REPOSITORY } from '../git-server/sample-repository.ts'
import { cloneWorkingCopy } from '../git-server/working-copy.ts'
import { startPlatform } from '../platform.ts'
import { type DemoArguments, HELP, readArguments } from './arguments.ts'
import { automate, deleteFile, editByHand, pushCommit } from './automated.ts'
import { type Cleanup, createCleanup } from './cleanup.ts'
import { openClusterPerson } from './eyes.ts'
import {
  createApplication,
  getHealthy,
  logIn,
  lookAtRepository,
  syncApplication,
} from './first-sync.ts'
import { createArgosy } from './run-argosy.ts'
import { type EarlyStage, type Stage, type Step, SWEEP_SECONDS } from './stage.ts'
import { StepFailed } from './step-failed.ts'
import { createTerminal, type Terminal } from './terminal.ts'

const STEPS: readonly Step[] = [
  createApplication,
  syncApplication,
  getHealthy,
  automate,
  pushCommit,
  editByHand,
  deleteFile,
]

const terminal = createTerminal(process.stdout)
const cleanup = createCleanup()
cleanup.onSignals()

try {
  const options = readArguments(process.argv.slice(2))
  if (options === 'help') process.stdout.write(HELP)
  else await tell(options)
} catch (error) {
  process.exitCode = 1
  if (!cleanup.isEnding()) report(error)
} finally {
  await cleanup.run()
}
// Connections that are kept for later would keep the process too.
process.exit()

function report(error: unknown): void {
  if (error instanceof StepFailed) terminal.failure(error.message)
  else process.stderr.write(`demo: ${describeFault(faultOf(error))}\n`)
}

/** Plays the whole story, with a summary at its end. */
async function tell(options: DemoArguments): Promise<void> {
  const seconds: [string, number][] = []
  const timed = async <T>(title: string, run: () => Promise<T>): Promise<T> => {
    terminal.heading(`${seconds.length + 1}. ${title}`)
    const begin = performance.now()
    const result = await run()
    const took = (performance.now() - begin) / 1000
    terminal.took(took)
    seconds.push([title, took])
    return result
  }

  const early = await timed('Start the platform', () => openStage(options, terminal, cleanup))
  await timed(lookAtRepository.title, () => lookAtRepository.run(early))
  const api = await timed('Log in with the initial password, and change it', () => logIn(early))
  const stage: Stage = { ...early, api }
  for (const { title, run } of STEPS) await timed(title, () => run(stage))

  terminal.heading('Every step did what it says')
  const total = seconds.reduce((sum, [, each]) => sum + each, 0)
  terminal.table([...seconds, ['Total', total]])
  await takeLeave(stage)
}

async function openStage(
  options: DemoArguments,
  terminal: Terminal,
  cleanup: Cleanup,
): Promise<EarlyStage> {
  const dataDir = await openDataFolder(options, cleanup)
  const { image, cluster } = options
  const start = `npm start -- --data ${dataDir} --port 0 --cluster ${cluster}`
  terminal.command([...start.split(' '), '--drift-interval', String(SWEEP_SECONDS)])
  const gitRoot = join(dataDir, 'git')
  await mkdir(gitRoot, { recursive: true })
  await createSampleRepository(gitRoot, image === undefined ? {} : { image })
  const starting = startPlatform({
    dataDir,
    port: 0,
    cluster,
    intervals: { sweepMs: SWEEP_SECONDS * 1000 },
    onProgress: (line) => terminal.note(line),
  })
  // Whoever ends the demo while the platform starts must not leave half of it running.
  cleanup.add(() =>
    starting.then(
      (started) => started.stop(),
      () => undefined,
    ),
  )
  const platform = await starting
  terminal.note(`API      ${platform.url}`)
  terminal.note(`cluster  ${platform.cluster.description}`)

  const person = await openClusterPerson(platform.cluster.kubeconfig)
  cleanup.add(() => person.close())
  const cloning = cloneWorkingCopy(`${platform.git.url}/${SAMPLE_REPOSITORY}`)
  cleanup.add(() =>
    cloning.then(
      (cloned) => cloned.remove(),
      () => undefined,
    ),
  )
  const repository = await cloning
  const configDir = await mkdtemp(join(tmpdir(), 'argosy-demo-login-'))
  cleanup.add(() => rm(configDir, { recursive: true, force: true }))
  const argosy = createArgosy({ terminal, configDir, signal: cleanup.signal })
  return { options, terminal, platform, argosy, person, repository }
}

/** A temporary folder, which goes with the demo, or the one that was named, which stays. */
async function openDataFolder({ data }: DemoArguments, cleanup: Cleanup): Promise<string> {
  if (data === undefined) {
    const folder = await mkdtemp(join(tmpdir(), 'argosy-demo-'))
    cleanup.add(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }))
    return folder
  }
  await mkdir(data, { recursive: true })
  if ((await readdir(data)).length > 0) {
    throw new ArgosyError({
      code: 'FailedPrecondition',
      message: `data folder ${data} is not empty; the demo begins with nothing, so name another folder with --data, or none`,
    })
  }
  return data
}

/** Somebody else's cluster is left as it was; a folder that was named is left with what is in it. */
async function takeLeave({ options, argosy }: Stage): Promise<void> {
  const { data, cluster, app } = options
  if (cluster !== 'sandbox' && cluster !== 'real') {
    terminal.heading('Leave the cluster as it was')
    await argosy(`app delete ${app} --yes`)
    await argosy(`app wait ${app} --delete`)
  }
  if (data !== undefined) {
    terminal.heading(`The state is kept: npm start -- --data ${data} --cluster ${cluster}`)
  }
}
