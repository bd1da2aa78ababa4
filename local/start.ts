import { enableCompileCache } from 'node:module'
import { parseArgs } from 'node:util'
import { describeFault, faultOf } from '../lib/fault/fault.ts'
import type { Platform } from './platform.ts'

// Before the rest is loaded, or it would be compiled anew at every start.
enableCompileCache()
const { startPlatform } = await import('./platform.ts')

const HELP = `Runs Argosy on this machine and leaves it running: embedded AWS, Git server, cluster.

Usage: npm start -- [flags]

  --data DIR          where state is kept (default .argosy)
  --port PORT         port of the API (default 8080; when taken, a free one)
  --cluster CLUSTER   sandbox (default), real, or the path of a kubeconfig
  --drift-interval S  seconds between two drift sweeps of a cluster (default 60)
  --help              this text

Ctrl-C ends it; the next start goes on where this one stopped.
`

/** A stop that takes longer is cut off. */
const STOP_MS_MAX = 1_400

async function main(): Promise<void> {
  const options = readArguments()
  if (options === 'help') {
    process.stdout.write(HELP)
    return
  }
  const begin = performance.now()
  const platform = await startPlatform({
    ...options,
    onProgress: (line) => process.stderr.write(`${line}\n`),
  })
  const seconds = ((performance.now() - begin) / 1000).toFixed(1)
  process.stdout.write(welcome(platform, { seconds, port: options.port }))
  stopOnSignal(platform)
}

function readArguments() {
  const { values } = parseArgs({
    options: {
      data: { type: 'string', default: '.argosy' },
      port: { type: 'string', default: '8080' },
      cluster: { type: 'string', default: 'sandbox' },
      'drift-interval': { type: 'string', default: '60' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return 'help'
  const port = wholeNumber('--port', values.port, 65_535)
  const sweepMs = wholeNumber('--drift-interval', values['drift-interval'], 86_400) * 1000
  return {
    dataDir: values.data,
    port,
    cluster: values.cluster,
    intervals: { sweepMs: Math.max(sweepMs, 1000) },
  }
}

function wholeNumber(flag: string, text: string, max: number): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 0 && value <= max) return value
  throw new TypeError(`${flag} must be a whole number up to ${max}, not ${JSON.stringify(text)}`)
}

function welcome(
  platform: Platform,
  start: { readonly seconds: string; readonly port: number },
): string {
  const { url, initialPassword, git, cluster } = platform
  const host = new URL(url).host
  return [
    `Argosy is ready after ${start.seconds} s`,
    ...(platform.isOtherPort ? [`  port ${start.port} is taken; a free one is used instead`] : []),
    `  API       ${url}`,
    `  admin     ${initialPassword === undefined ? 'password was changed' : `initial password ${initialPassword}`}`,
    `  cluster   ${cluster.description}; kubectl --kubeconfig ${cluster.kubeconfig} get all`,
    `  Git       ${git.url}/example-apps.git`,
    `  log       ${platform.logFile}`,
    '',
    'Try next, in another terminal:',
    `  npm run -s argosy -- login ${host} --plaintext --username admin --password ${initialPassword ?? 'YOUR-PASSWORD'}`,
    `  npm run -s argosy -- app create guestbook --repo ${git.url}/example-apps.git --path guestbook --dest-server https://kubernetes.default.svc --dest-namespace default`,
    `  npm run -s argosy -- app sync guestbook`,
    '',
    'Ctrl-C ends it; the next start goes on from here.',
    '',
  ].join('\n')
}

function stopOnSignal(platform: Platform): void {
  let isStopping = false
  const stop = (): void => {
    if (isStopping) return
    isStopping = true
    setTimeout(() => process.exit(1), STOP_MS_MAX).unref()
    platform.stop().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    )
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

function fail(error: unknown): never {
  process.stderr.write(`argosy: ${describeFault(faultOf(error))}\n`)
  process.exit(1)
}

main().catch(fail)
