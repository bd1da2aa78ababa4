import { parseArgs } from 'node:util'
import { ArgosyError } from '../../lib/fault/fault.ts'

export interface FleetOptions {
  readonly apps: number
  /** `sandbox`, `real`, or the path of a kubeconfig. */
  readonly cluster: string
  readonly json: boolean
  /** Kept afterwards when given; else a temporary folder. */
  readonly dataDir?: string
  /** Extra flags for the platform's Node. */
  readonly nodeFlags: readonly string[]
}

export const FLEET_HELP = `fleet: N Applications from one repository, synced, changed and left alone
  --apps N           how many (default 500)
  --cluster CLUSTER  sandbox (default), real, or the path of a kubeconfig
  --json             one JSON object in place of the table
  --data DIR         a folder for the platform's state, kept afterwards
  --cpu-profile DIR  write a CPU profile of the platform there
`

const APPS_MAX = 10_000

/** Throws `InvalidArgument` for flags that make no sense. */
export function readFleetOptions(flags: readonly string[]): FleetOptions {
  const values = parse(flags)
  const apps = Number(values.apps)
  if (!Number.isInteger(apps) || apps < 1 || apps > APPS_MAX) {
    throw invalid(`--apps must be a whole number from 1 to ${APPS_MAX}, not ${values.apps}`)
  }
  const profile = values['cpu-profile']
  return {
    apps,
    cluster: values.cluster,
    json: values.json,
    ...(values.data === undefined ? {} : { dataDir: values.data }),
    nodeFlags: profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`],
  }
}

function parse(flags: readonly string[]) {
  try {
    return parseArgs({
      args: [...flags],
      options: {
        apps: { type: 'string', default: '500' },
        cluster: { type: 'string', default: 'sandbox' },
        json: { type: 'boolean', default: false },
        data: { type: 'string' },
        'cpu-profile': { type: 'string' },
      },
    }).values
  } catch (cause) {
    throw invalid(cause instanceof Error ? cause.message : String(cause))
  }
}

const invalid = (message: string): ArgosyError =>
  new ArgosyError({ code: 'InvalidArgument', message })
