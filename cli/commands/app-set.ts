import type { ApplicationJson } from '../../lib/manage/application-json.ts'
import { appPath, namespaceQuery, parseAppName } from '../app-name.ts'
import { addSpecFlags, applySpecFlags, type SpecFlags } from '../app-spec.ts'
import type { CommandContext } from '../command-context.ts'
import { Failure } from '../failure.ts'
import { addBoolean } from '../flags.ts'

interface SetFlags extends SpecFlags {
  readonly validate?: boolean
  readonly appNamespace?: string
}

/** `argosy app set NAME`: changes parts of the spec; silent when it worked. */
export function appSet({ command, connect }: CommandContext): void {
  command
    .argument('<APPNAME>', 'the application')
    .option('-N, --app-namespace <NAMESPACE>', 'namespace of the application')
  addSpecFlags(command)
  addBoolean(command, '--validate', 'check that repository and cluster work first (default)')
  command.action(async (text: string, flags: SetFlags) => {
    const { validate, appNamespace, ...specFlags } = flags
    const name = parseAppName(text, appNamespace)
    if (!Object.values(specFlags).some((flag) => flag !== undefined)) {
      throw new Failure('please set at least one option to update')
    }
    const api = await connect()
    const { spec } = await api.get<ApplicationJson>(appPath(name), namespaceQuery(name))
    await api.send('PUT', appPath(name, '/spec'), {
      query: { ...namespaceQuery(name), validate },
      body: applySpecFlags(spec, specFlags),
    })
  })
}
