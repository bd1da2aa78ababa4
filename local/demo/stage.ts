import type { Platform } from '../platform.ts'
import type { WorkingCopy } from '../git-server/working-copy.ts'
import type { DemoArguments } from './arguments.ts'
import type { ApiReader, ClusterPerson } from './eyes.ts'
import type { RunArgosy } from './run-argosy.ts'
import type { Terminal } from './terminal.ts'

/** Drift is looked for more often than a person would set it, so that nobody has to wait long. */
export const SWEEP_SECONDS = 5

/** Longest wait for anything of the demo. */
export const WAIT_SECONDS_MAX = 60

/** What the steps of the demo share. */
export interface Stage {
  readonly options: DemoArguments
  readonly terminal: Terminal
  readonly platform: Platform
  readonly argosy: RunArgosy
  readonly person: ClusterPerson
  readonly repository: WorkingCopy
  readonly api: ApiReader
}

/** What a step needs before somebody has logged in. */
export type EarlyStage = Omit<Stage, 'api'>

/** One step of the story; throws `StepFailed` when it does not do what its title says. */
export interface Step<S = Stage> {
  readonly title: string
  readonly run: (stage: S) => Promise<void>
}
