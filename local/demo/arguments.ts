import { parseArgs } from 'node:util'
import { parseApplication } from '../../lib/app/parse-application.ts'
import { ArgosyError } from '../../lib/fault/fault.ts'
import type { ClusterChoice } from '../local-cluster.ts'

export interface DemoArguments {
  /** Name of the Application. */
  readonly app: string
  /** What the guestbook runs; the sample's own image when absent. */
  readonly image?: string
  readonly cluster: ClusterChoice
  /** Folder that is kept; a temporary one when absent. */
  readonly data?: string
}

export const HELP = `Shows the whole way of a change, from Git to a cluster, on this machine.

Usage: npm run demo -- [flags]

  --app NAME         name of the Application (default guestbook)
  --image IMAGE      image that it runs (default the sample's own)
  --cluster CLUSTER  sandbox (default), real, or the path of a kubeconfig
  --data DIR         an empty folder to keep the state in (default a temporary one)
  --help             this text
`

/** Reads the command line; 'help' when that was asked for. Throws `InvalidArgument` for what cannot be. */
export function readArguments(argv: readonly string[]): DemoArguments | 'help' {
  const { app, image, cluster, data, help } = parse(argv)
  if (help) return 'help'
  const [problem] = parseApplication({ metadata: { name: app }, spec: SPEC }).problems
  if (problem !== undefined) throw invalid(`--app ${JSON.stringify(app)}: ${problem}`)
  if (image !== undefined && !isImage(image)) {
    throw invalid(
      `--image ${JSON.stringify(image)} is no image reference; give one like nginx:1.27 or host/path/name@sha256:…`,
    )
  }
  if (cluster === '') throw invalid('--cluster is empty; give sandbox, real or a kubeconfig')
  if (data === '') throw invalid('--data is empty; name a folder')
  return {
    app,
    cluster,
    ...(image === undefined ? {} : { image }),
    ...(data === undefined ? {} : { data }),
  }
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        app: { type: 'string', default: 'guestbook' },
        image: { type: 'string' },
        cluster: { type: 'string', default: 'sandbox' },
        data: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }).values
  } catch (cause) {
    const [line = ''] = (cause instanceof Error ? cause.message : String(cause)).split(/\.? To /)
    throw invalid(`${line}; --help says what there is`, cause)
  }
}

/** Enough for a name to be judged by the API's own rules. */
const SPEC = {
  project: 'default',
  source: { repoURL: 'https://git.example.com/apps.git', path: 'guestbook' },
  destination: { name: 'in-cluster', namespace: 'default' },
}

const IMAGE_LENGTH_MAX = 512

/** Host with port, path, name, tag, digest: the characters that the OCI distribution spec allows. */
const IMAGE =
  /^([A-Za-z0-9.-]+(:\d+)?\/)?[a-z0-9._-]+(\/[a-z0-9._-]+)*(:\w[\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/

const isImage = (text: string): boolean => text.length <= IMAGE_LENGTH_MAX && IMAGE.test(text)

const invalid = (message: string, cause?: unknown): ArgosyError =>
  new ArgosyError({ code: 'InvalidArgument', message }, { cause })
