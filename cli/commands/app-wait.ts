import { parseAppName } from '../app-name.ts'
import type { CommandContext } from '../command-context.ts'
import { addBoolean, addList, wholeNumber } from '../flags.ts'
import { checkOutput, formatJson, formatYaml } from '../printers/structured.ts'
import { parseResource, selects } from '../selected-resources.ts'
import { serverUrl } from '../server-url.ts'
import { type WaitGoal, waitForApp } from '../wait-for-app.ts'

interface WaitFlags extends WaitGoal {
  readonly resource?: readonly string[]
  readonly timeout: number
  readonly output?: string
  readonly appNamespace?: string
}

/** `argosy app wait NAME...`: without a goal, until it is synced, healthy and idle. */
export function appWait({ command, shell, connect }: CommandContext): void {
  command.argument('<APPNAME...>', 'the applications')
  addBoolean(command, '--sync', 'wait until it is synced')
  addBoolean(command, '--health', 'wait until it is healthy')
  addBoolean(command, '--degraded', 'wait until it is degraded (or healthy, with --health)')
  addBoolean(command, '--suspended', 'wait until it is suspended (or healthy, with --health)')
  addBoolean(command, '--operation', 'wait until no operation runs')
  addBoolean(command, '--delete', 'wait until it is gone')
  addList(command, '--resource <GROUP:KIND:NAME>', 'wait only for this resource')
  command
    .option('--timeout <SECONDS>', 'how long to wait; 0 for ever', wholeNumber, 0)
    .option('-o, --output <FORMAT>', 'wide (default), json or yaml')
    .option('-N, --app-namespace <NAMESPACE>', 'namespace of the application')
    .action(async (names: readonly string[], flags: WaitFlags) => {
      const format = checkOutput(flags.output, ['wide', 'json', 'yaml'])
      const api = await connect()
      const selectors = (flags.resource ?? []).map(parseResource)
      for (const name of names) {
        const result = await waitForApp(shell, api, {
          app: parseAppName(name, flags.appNamespace),
          goal: goalOf(flags),
          timeoutSeconds: flags.timeout,
          ...(selectors.length === 0 ? {} : { isSelected: (row) => selects(selectors, row) }),
          isQuiet: format !== 'wide',
          serverUrl: await serverUrl(api),
        })
        if (result !== undefined && format === 'json') shell.out(formatJson(result.app))
        if (result !== undefined && format === 'yaml') shell.out(await formatYaml(result.app))
      }
    })
}

function goalOf({
  sync,
  health,
  degraded,
  suspended,
  operation,
  delete: gone,
}: WaitFlags): WaitGoal {
  const hasGoal = [sync, health, degraded, suspended, operation, gone].includes(true)
  if (!hasGoal) return { sync: true, health: true, operation: true }
  return {
    sync: sync ?? false,
    health: health ?? false,
    degraded: degraded ?? false,
    suspended: suspended ?? false,
    operation: operation ?? false,
    delete: gone ?? false,
  }
}
