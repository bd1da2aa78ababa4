import type { ApplicationJson } from '../../lib/manage/application-json.ts'
import { appPath, namespaceQuery, parseAppName } from '../app-name.ts'
import type { CommandContext } from '../command-context.ts'
import { EXIT_USAGE, Failure } from '../failure.ts'
import { addBoolean, wholeNumber } from '../flags.ts'
import { serverUrl } from '../server-url.ts'
import { waitForApp } from '../wait-for-app.ts'

interface RollbackFlags {
  readonly prune?: boolean
  readonly timeout: number
}

/** `argosy app rollback NAME [ID]`: back to the deployment before the last one, or to the named. */
export function appRollback({ command, shell, connect }: CommandContext): void {
  command.argument('<APPNAME>', 'the application')
  command.argument('[ID]', 'the deployment, as `app history` lists it', wholeNumber)
  addBoolean(command, '--prune', 'delete what was not there then')
  command
    .option('--timeout <SECONDS>', 'how long to wait; 0 for ever', wholeNumber, 0)
    .action(async (text: string, given: number | undefined, flags: RollbackFlags) => {
      const app = parseAppName(text, undefined)
      const api = await connect()
      const before = await api.get<ApplicationJson>(appPath(app), namespaceQuery(app))
      const id = idOf(before, given)
      const body = { name: app.name, id, prune: flags.prune ?? false }
      await api.send('POST', appPath(app, '/rollback'), { body })
      const result = await waitForApp(shell, api, {
        app,
        goal: { operation: true },
        timeoutSeconds: flags.timeout,
        isQuiet: false,
        serverUrl: await serverUrl(api),
      })
      const phase = result?.operationState?.phase
      if (phase !== 'Succeeded') {
        throw new Failure(`Operation has completed with phase: ${phase ?? 'Unknown'}`, EXIT_USAGE)
      }
    })
}

function idOf({ metadata, status }: ApplicationJson, given: number | undefined): number {
  const history = status.history ?? []
  if (given === undefined) {
    const previous = history.at(-2)
    if (previous !== undefined) return previous.id
    throw new Failure(
      `application '${metadata.name}' should have at least two successful deployments`,
    )
  }
  if (history.some(({ id }) => id === given)) return given
  throw new Failure(
    `application '${metadata.name}' does not have deployment id '${given}' in history`,
  )
}
