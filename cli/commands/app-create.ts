import type { ApplicationSpec } from '../../lib/app/application.ts'
import type { ApplicationJson } from '../../lib/manage/application-json.ts'
import { isObject, jsonEqual, type Json, type JsonObject } from '../../lib/std/json.ts'
import type { ApiClient } from '../api-client.ts'
import { appPath, parseAppName } from '../app-name.ts'
import { addSpecFlags, applySpecFlags, type SpecFlags } from '../app-spec.ts'
import type { CommandContext } from '../command-context.ts'
import { Failure, isAbsence } from '../failure.ts'
import { addBoolean, addList } from '../flags.ts'
import { parsePairs } from '../pairs.ts'
import type { Shell } from '../shell.ts'

interface CreateFlags extends SpecFlags {
  readonly file?: string
  readonly upsert?: boolean
  readonly validate?: boolean
  readonly label?: readonly string[]
  readonly annotations?: readonly string[]
  readonly appNamespace?: string
}

/** `argosy app create NAME` */
export function appCreate({ command, shell, connect }: CommandContext): void {
  command
    .argument('[APPNAME]', 'name of the new application')
    .option('-f, --file <FILE>', 'read applications from a file, or from - (standard input)')
    .option('-N, --app-namespace <NAMESPACE>', 'namespace of the application')
  addSpecFlags(command)
  addList(command, '-l, --label <KEY=VALUE>', 'label of the application')
  addList(command, '--annotations <KEY=VALUE>', 'annotation of the application')
  addBoolean(command, '--upsert', 'change the application if it exists with another spec')
  addBoolean(command, '--validate', 'check that repository and cluster work first (default)')
  command.action(async (name: string | undefined, flags: CreateFlags) => {
    const apps = await readApps(shell, name, flags)
    const api = await connect()
    for (const app of apps) shell.out(await create(api, app, flags))
  })
}

interface NewApp {
  readonly metadata: JsonObject & { readonly name?: string }
  readonly spec: ApplicationSpec
}

async function create(api: ApiClient, app: NewApp, flags: CreateFlags): Promise<string> {
  const name = app.metadata.name ?? ''
  const before = await existing(api, name)
  const query = { upsert: flags.upsert, validate: flags.validate }
  const after = await api.send<ApplicationJson>('POST', '/api/v1/applications', {
    query,
    body: app,
  })
  const outcome = before === undefined ? 'created' : isSame(before, after) ? 'unchanged' : 'updated'
  return `application '${after.metadata.name}' ${outcome}\n`
}

async function existing(api: ApiClient, name: string): Promise<ApplicationJson | undefined> {
  try {
    return await api.get<ApplicationJson>(appPath({ name, namespace: '' }))
  } catch (error) {
    if (isAbsence(error)) return undefined
    throw error
  }
}

const isSame = (a: ApplicationJson, b: ApplicationJson): boolean =>
  jsonEqual(changeable(a), changeable(b))

const changeable = ({ spec, metadata: { labels, annotations } }: ApplicationJson): Json =>
  JSON.parse(JSON.stringify({ spec, labels, annotations })) as Json

async function readApps(
  shell: Shell,
  name: string | undefined,
  flags: CreateFlags,
): Promise<readonly NewApp[]> {
  const empty: NewApp = { metadata: {}, spec: { project: 'default', destination: {} } }
  const bases = flags.file === undefined ? [empty] : await readFile(shell, flags.file)
  if (name !== undefined && bases.length > 1) {
    throw new Failure(`${flags.file} holds several applications; one name does not fit them`)
  }
  return bases.map((base) => ({
    ...base,
    metadata: metadataOf(base.metadata, name, flags),
    spec: applySpecFlags(base.spec, flags),
  }))
}

function metadataOf(
  base: NewApp['metadata'],
  given: string | undefined,
  flags: CreateFlags,
): NewApp['metadata'] {
  if (given === undefined && base.name === undefined) {
    throw new Failure('name of the application is missing: argosy app create APPNAME')
  }
  const { name, namespace } = parseAppName(given ?? base.name ?? '', flags.appNamespace)
  if (base.name !== undefined && base.name !== name) {
    throw new Failure(`the file names application '${base.name}', the command line '${name}'`)
  }
  return {
    ...base,
    name,
    ...(namespace === '' ? {} : { namespace }),
    labels: { ...asObject(base['labels']), ...parsePairs(flags.label, '--label') },
    annotations: {
      ...asObject(base['annotations']),
      ...parsePairs(flags.annotations, '--annotations'),
    },
  }
}

async function readFile(shell: Shell, path: string): Promise<readonly NewApp[]> {
  const text = await shell.readFile(path)
  if (text === undefined) throw new Failure(`file ${path} does not exist`)
  const { readYaml } = await import('../../lib/manifest/yaml.ts')
  const documents = readYaml(text).filter((document) => document !== null)
  if (documents.length === 0) throw new Failure(`file ${path} holds no application`)
  return documents.map((document) => {
    if (!isObject(document) || document['kind'] !== 'Application') {
      throw new Failure(`file ${path} holds something else than an Application`)
    }
    return { ...document, metadata: asObject(document['metadata']) } as unknown as NewApp
  })
}

const asObject = (value: Json | undefined): JsonObject => (isObject(value) ? value : {})
