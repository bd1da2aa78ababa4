/**
 * What the deployment tells the functions, and numbers that both sides must agree on. The only
 * runtime file that `infra/` imports, so it imports nothing itself.
 */

/** Names of environment variables. */
export const TABLE = 'ARGOSY_TABLE'
export const BUCKET = 'ARGOSY_BUCKET'
/** KMS key under which secrets are sealed. */
export const KEY_ID = 'ARGOSY_KEY_ID'
/** URLs of the queues. */
export const QUEUE_REPO = 'ARGOSY_QUEUE_REPO'
export const QUEUE_APP = 'ARGOSY_QUEUE_APP'
export const QUEUE_CLUSTER = 'ARGOSY_QUEUE_CLUSTER'
/** Where people reach the API; shown in links. Without it clients use the address they know. */
export const PUBLIC_URL = 'ARGOSY_URL'
/** Folder of the built engines. */
export const ENGINES_DIR = 'ARGOSY_ENGINES_DIR'

export const QUEUE_VARIABLES = {
  repo: QUEUE_REPO,
  app: QUEUE_APP,
  cluster: QUEUE_CLUSTER,
} as const

/** The functions; `<name>.lambda.ts` beside this file exports each one's `handler`. */
export const FUNCTION_NAMES = [
  'api',
  'poller',
  'repo-worker',
  'app-worker',
  'cluster-worker',
] as const
export type FunctionName = (typeof FUNCTION_NAMES)[number]

/** How a worker is fed, the same on Lambda and on one machine. */
export interface WorkerShape {
  readonly timeoutSeconds: number
  readonly batchSize: number
  /** How long the first message waits for company. */
  readonly windowSeconds: number
  readonly concurrencyMax: number
}

export const WORKERS = {
  repo: { timeoutSeconds: 60, batchSize: 10, windowSeconds: 0, concurrencyMax: 10 },
  app: { timeoutSeconds: 120, batchSize: 10, windowSeconds: 0, concurrencyMax: 20 },
  cluster: { timeoutSeconds: 60, batchSize: 10, windowSeconds: 0, concurrencyMax: 5 },
} as const satisfies Record<string, WorkerShape>

/** AWS advises a visibility of six function timeouts, so that a throttled batch is not doubled. */
export const VISIBILITY_TIMEOUTS = 6
/** Receptions before a message goes to the dead letters. */
export const RECEIVES_MAX = 5
