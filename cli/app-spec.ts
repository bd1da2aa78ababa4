import type { Command } from 'commander'
import type {
  ApplicationSource,
  ApplicationSpec,
  RetryStrategy,
  SyncPolicy,
} from '../lib/app/application.ts'
import { Failure } from './failure.ts'
import { addBoolean, addList, wholeNumber } from './flags.ts'

/** Flags of `app create` and `app set` that describe a spec. */
export interface SpecFlags {
  readonly repo?: string
  readonly path?: string
  readonly revision?: string
  readonly destServer?: string
  readonly destName?: string
  readonly destNamespace?: string
  readonly project?: string
  readonly syncPolicy?: string
  readonly autoPrune?: boolean
  readonly selfHeal?: boolean
  readonly allowEmpty?: boolean
  readonly syncOption?: readonly string[]
  readonly syncRetryLimit?: number
  readonly syncRetryBackoffDuration?: string
  readonly syncRetryBackoffMaxDuration?: string
  readonly syncRetryBackoffFactor?: number
  readonly directoryRecurse?: boolean
  readonly directoryInclude?: string
  readonly directoryExclude?: string
  readonly revisionHistoryLimit?: number
}

export function addSpecFlags(command: Command): void {
  command
    .option('--repo <URL>', 'repository that holds the manifests')
    .option('--path <PATH>', 'path in the repository')
    .option('--revision <REVISION>', 'branch, tag or commit to follow')
    .option('--dest-server <URL>', 'cluster to deploy to, by its URL')
    .option('--dest-name <NAME>', 'cluster to deploy to, by its name')
    .option('--dest-namespace <NAMESPACE>', 'namespace of objects that name none')
    .option('--project <PROJECT>', 'project of the application')
    .option('--sync-policy <POLICY>', 'automated, or none')
  addBoolean(command, '--auto-prune', 'prune in automated syncs')
  addBoolean(command, '--self-heal', 'undo changes of live objects')
  addBoolean(command, '--allow-empty', 'allow an automated sync to prune everything')
  addList(command, '--sync-option <OPTION>', 'add a sync option, or remove one that follows !')
  command
    .option('--sync-retry-limit <N>', 'how often a failed sync is tried again', wholeNumber)
    .option('--sync-retry-backoff-duration <DURATION>', 'wait before the first retry')
    .option('--sync-retry-backoff-max-duration <DURATION>', 'longest wait between retries')
    .option('--sync-retry-backoff-factor <N>', 'how the wait grows', wholeNumber)
  addBoolean(command, '--directory-recurse', 'read subdirectories too')
  command
    .option('--directory-include <GLOB>', 'only files that match')
    .option('--directory-exclude <GLOB>', 'no files that match')
    .option('--revision-history-limit <N>', 'how many deployments are remembered', wholeNumber)
}

/** The spec with everything that flags set; what they do not mention stays. */
export function applySpecFlags(spec: ApplicationSpec, flags: SpecFlags): ApplicationSpec {
  const isMulti = (spec.sources ?? []).length > 0
  if (isMulti && SOURCE_FLAGS.some((name) => flags[name] !== undefined)) {
    throw new Failure(
      'changing one of several sources is not there yet; use create --upsert -f FILE',
    )
  }
  const policy = applyPolicy(spec.syncPolicy ?? {}, flags)
  const { syncPolicy: _, ...rest } = spec
  return {
    ...rest,
    project: flags.project ?? spec.project,
    ...(isMulti ? {} : { source: applySource(spec.source ?? { repoURL: '' }, flags) }),
    destination: {
      ...spec.destination,
      ...set('server', flags.destServer),
      ...set('name', flags.destName),
      ...set('namespace', flags.destNamespace),
    },
    ...(Object.keys(policy).length === 0 ? {} : { syncPolicy: policy }),
    ...set('revisionHistoryLimit', flags.revisionHistoryLimit),
  }
}

const SOURCE_FLAGS = [
  'repo',
  'path',
  'revision',
  'directoryRecurse',
  'directoryInclude',
  'directoryExclude',
] as const

function applySource(source: ApplicationSource, flags: SpecFlags): ApplicationSource {
  const directory = {
    ...source.directory,
    ...set('recurse', flags.directoryRecurse),
    ...set('include', flags.directoryInclude),
    ...set('exclude', flags.directoryExclude),
  }
  return {
    ...source,
    ...set('repoURL', flags.repo),
    ...set('path', flags.path),
    ...set('targetRevision', flags.revision),
    ...(Object.keys(directory).length === 0 ? {} : { directory }),
  }
}

function applyPolicy(policy: SyncPolicy, flags: SpecFlags): SyncPolicy {
  const { automated: before, retry: retryBefore, syncOptions: optionsBefore = [], ...rest } = policy
  const automated = applyAutomated(before, flags)
  const retry = applyRetry(retryBefore, flags)
  const syncOptions = applyOptions(optionsBefore, flags.syncOption ?? [])
  return {
    ...rest,
    ...set('automated', automated),
    ...set('retry', retry),
    ...(syncOptions.length === 0 ? {} : { syncOptions }),
  }
}

function applyAutomated(
  before: SyncPolicy['automated'],
  flags: SpecFlags,
): SyncPolicy['automated'] {
  const chosen = { none: undefined, automated: before ?? {} }
  const policy = POLICIES[flags.syncPolicy ?? '']
  if (flags.syncPolicy !== undefined && policy === undefined) {
    throw new Failure(`invalid sync-policy: ${flags.syncPolicy}; use automated or none`)
  }
  const automated = policy === undefined ? before : chosen[policy]
  const details = {
    ...set('prune', flags.autoPrune),
    ...set('selfHeal', flags.selfHeal),
    ...set('allowEmpty', flags.allowEmpty),
  }
  if (automated === undefined) {
    if (Object.values(details).includes(true)) {
      throw new Failure(
        'cannot set --auto-prune, --self-heal or --allow-empty: application not configured with automatic sync; add --sync-policy automated',
      )
    }
    return undefined
  }
  return { ...automated, ...details }
}

const POLICIES: Readonly<Record<string, 'none' | 'automated' | undefined>> = {
  none: 'none',
  manual: 'none',
  automated: 'automated',
  automatic: 'automated',
  auto: 'automated',
}

export function applyRetry(
  before: RetryStrategy | undefined,
  flags: SpecFlags,
): RetryStrategy | undefined {
  const backoff = {
    ...before?.backoff,
    ...set('duration', flags.syncRetryBackoffDuration),
    ...set('maxDuration', flags.syncRetryBackoffMaxDuration),
    ...set('factor', flags.syncRetryBackoffFactor),
  }
  if (flags.syncRetryLimit === 0) return undefined
  const retry = {
    ...before,
    ...set('limit', flags.syncRetryLimit),
    ...(Object.keys(backoff).length === 0 ? {} : { backoff }),
  }
  return Object.keys(retry).length === 0 ? undefined : retry
}

/** `!Option` removes it; `Name=value` replaces another value of the same name. */
function applyOptions(before: readonly string[], given: readonly string[]): readonly string[] {
  return given.reduce<readonly string[]>((options, option) => {
    const isRemoval = option.startsWith('!')
    const name = (isRemoval ? option.slice(1) : option).split('=')[0] ?? ''
    const others = options.filter((other) => other.split('=')[0] !== name)
    return isRemoval ? others : [...others, option]
  }, before)
}

const set = <K extends string, V>(name: K, value: V | undefined): { readonly [P in K]?: V } =>
  (value === undefined ? {} : { [name]: value }) as { readonly [P in K]?: V }
