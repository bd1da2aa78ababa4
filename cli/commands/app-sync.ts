import type { ApplicationJson, OperationStateJson } from '../../lib/manage/application-json.ts'
import { appPath, parseAppName } from '../app-name.ts'
import { applyRetry } from '../app-spec.ts'
import type { CommandContext } from '../command-context.ts'
import { EXIT_USAGE, Failure } from '../failure.ts'
import { addBoolean, addList, wholeNumber } from '../flags.ts'
import { checkOutput, formatJson, formatYaml } from '../printers/structured.ts'
import { parseResource, selects } from '../selected-resources.ts'
import { serverUrl } from '../server-url.ts'
import { waitForApp } from '../wait-for-app.ts'

interface SyncFlags {
  readonly revision?: string
  readonly prune?: boolean
  readonly dryRun?: boolean
  readonly strategy?: string
  readonly resource?: readonly string[]
  readonly async?: boolean
  readonly timeout: number
  readonly retryLimit?: number
  readonly retryBackoffDuration?: string
  readonly retryBackoffMaxDuration?: string
  readonly retryBackoffFactor?: number
  readonly output?: string
  readonly appNamespace?: string
}

/** `argosy app sync NAME...` */
export function appSync(context: CommandContext): void {
  const { command } = context
  command
    .argument('<APPNAME...>', 'the applications')
    .option('--revision <REVISION>', 'sync to this revision')
  addBoolean(command, '--prune', 'delete what is not in Git any more')
  addBoolean(command, '--dry-run', 'ask the cluster what would happen')
  addBoolean(command, '--async', 'do not wait for the result')
  addList(command, '--resource <GROUP:KIND:NAME>', 'sync only this resource')
  command
    .option('--strategy <STRATEGY>', 'hook (default) or apply')
    .option('--timeout <SECONDS>', 'how long to wait; 0 for ever', wholeNumber, 0)
    .option('--retry-limit <N>', 'how often a failed sync is tried again', wholeNumber)
    .option('--retry-backoff-duration <DURATION>', 'wait before the first retry')
    .option('--retry-backoff-max-duration <DURATION>', 'longest wait between retries')
    .option('--retry-backoff-factor <N>', 'how the wait grows', wholeNumber)
    .option('-o, --output <FORMAT>', 'wide (default), json or yaml')
    .option('-N, --app-namespace <NAMESPACE>', 'namespace of the application')
    .action(async (names: readonly string[], flags: SyncFlags) => {
      for (const name of names) await syncOne(context, name, flags)
    })
}

async function syncOne(context: CommandContext, text: string, flags: SyncFlags): Promise<void> {
  const format = checkOutput(flags.output, ['wide', 'json', 'yaml'])
  const { shell } = context
  const app = parseAppName(text, flags.appNamespace)
  const selectors = (flags.resource ?? []).map(parseResource)
  const api = await context.connect()
  const body = {
    ...requestOf(flags),
    name: app.name,
    appNamespace: app.namespace,
    resources: selectors,
  }
  await api.send<ApplicationJson>('POST', appPath(app, '/sync'), { body })
  if (flags.async === true) return

  const result = await waitForApp(shell, api, {
    app,
    goal: { operation: true },
    timeoutSeconds: flags.timeout,
    ...(selectors.length === 0 ? {} : { isSelected: (row) => selects(selectors, row) }),
    isQuiet: format !== 'wide',
    serverUrl: await serverUrl(api),
  })
  if (result === undefined) return
  if (format === 'json') shell.out(formatJson(result.app))
  if (format === 'yaml') shell.out(await formatYaml(result.app))
  if (flags.dryRun !== true) judge(result.app, result.operationState, selectors.length > 0)
}

function requestOf(flags: SyncFlags) {
  const retryStrategy = applyRetry(undefined, {
    ...(flags.retryLimit === undefined ? {} : { syncRetryLimit: flags.retryLimit }),
    ...(flags.retryBackoffDuration === undefined
      ? {}
      : { syncRetryBackoffDuration: flags.retryBackoffDuration }),
    ...(flags.retryBackoffMaxDuration === undefined
      ? {}
      : { syncRetryBackoffMaxDuration: flags.retryBackoffMaxDuration }),
    ...(flags.retryBackoffFactor === undefined
      ? {}
      : { syncRetryBackoffFactor: flags.retryBackoffFactor }),
  })
  const strategy = checkOutput(flags.strategy, ['hook', 'apply'])
  return {
    revision: flags.revision ?? '',
    prune: flags.prune ?? false,
    dryRun: flags.dryRun ?? false,
    strategy: { [strategy]: {} },
    ...(retryStrategy === undefined ? {} : { retryStrategy }),
  }
}

/** Whether the sync did what was asked (argocd.md 3.6). */
function judge(
  app: ApplicationJson,
  state: OperationStateJson | undefined,
  isSelective: boolean,
): void {
  if (state?.phase !== 'Succeeded') {
    throw new Failure(
      `Operation has completed with phase: ${state?.phase ?? 'Unknown'}`,
      EXIT_USAGE,
    )
  }
  const skipped = (state.syncResult?.resources ?? []).filter(
    ({ status }) => status === 'PruneSkipped',
  )
  if (!isSelective && app.status.sync.status !== 'Synced' && skipped.length > 0) {
    throw new Failure(`${skipped.length} resources require pruning`, EXIT_USAGE)
  }
}
