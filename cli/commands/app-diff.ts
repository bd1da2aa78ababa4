import type { ApplicationJson } from '../../lib/manage/application-json.ts'
import type { ManagedResourceJson } from '../../lib/manage/managed-resources.ts'
import { writeYaml } from '../../lib/manifest/write-yaml.ts'
import { parseJson } from '../../lib/std/json.ts'
import { appPath, namespaceQuery, parseAppName } from '../app-name.ts'
import type { CommandContext } from '../command-context.ts'
import { Failure } from '../failure.ts'
import { addBoolean, wholeNumber } from '../flags.ts'
import type { Shell } from '../shell.ts'

interface DiffFlags {
  readonly refresh?: boolean
  readonly hardRefresh?: boolean
  readonly exitCode?: boolean
  readonly diffExitCode: number
  readonly appNamespace?: string
}

/** What `app diff` ends with when it could not compare, so that no script takes it for a drift. */
const EXIT_TROUBLE = 2

/** `argosy app diff NAME`: from the live state to what a sync would make of it. */
export function appDiff({ command, shell, connect }: CommandContext): void {
  command
    .argument('<APPNAME>', 'the application')
    .option('--refresh', 'look at Git and the cluster first')
    .option('--hard-refresh', 'render anew as well')
    .option('--diff-exit-code <CODE>', 'what to end with on differences', wholeNumber, 1)
    .option('-N, --app-namespace <NAMESPACE>', 'namespace of the application')
  addBoolean(command, '--exit-code', 'end with another code on differences (default)')
  command.action(async (text: string, flags: DiffFlags) => {
    const found = await asTrouble(async () => {
      const name = parseAppName(text, flags.appNamespace)
      const api = await connect()
      const refresh = flags.hardRefresh === true ? 'hard' : flags.refresh === true ? 'normal' : ''
      const app = await api.get<ApplicationJson>(appPath(name), {
        ...namespaceQuery(name),
        refresh,
      })
      refuseUncompared(app)
      const path = appPath(name, '/managed-resources')
      const { items } = await api.get<{ readonly items: readonly ManagedResourceJson[] }>(
        path,
        namespaceQuery(name),
      )
      return showDifferences(shell, items)
    })
    if (found && flags.exitCode !== false) throw new Failure('', flags.diffExitCode)
  })
}

/** What could not be compared has no difference to show, but is not in sync either. */
function refuseUncompared({ status }: ApplicationJson): void {
  const error = status.conditions?.find(
    ({ type }) => type.endsWith('Error') && type !== 'SyncError',
  )
  if (error !== undefined) throw new Failure(`${error.type}: ${error.message}`)
}

async function showDifferences(
  shell: Shell,
  items: readonly ManagedResourceJson[],
): Promise<boolean> {
  let found = false
  for (const item of items.filter(({ modified }) => modified === true)) {
    const { group = '', kind, namespace = '', name } = item
    shell.out(`\n===== ${group}/${kind} ${namespace}/${name} ======\n`)
    const code = await shell.runDiff(
      diffCommand(shell),
      { name: `${name}-live.yaml`, text: yamlOf(item.normalizedLiveState) },
      { name, text: yamlOf(item.predictedLiveState) },
    )
    if (code > 1) throw new Failure(`diff of ${kind} ${name} failed with exit code ${code}`)
    found = true
  }
  return found
}

/** As kubectl has it: words with blanks between, run without a shell. */
const diffCommand = ({ env }: Shell): readonly string[] => {
  const words = (env['KUBECTL_EXTERNAL_DIFF'] ?? '').split(/\s+/).filter((word) => word !== '')
  return words.length === 0 ? ['diff'] : words
}

const yamlOf = (json: string): string => (json === 'null' ? '' : writeYaml(parseJson(json)))

async function asTrouble<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    throw new Failure(message, EXIT_TROUBLE, { cause })
  }
}
