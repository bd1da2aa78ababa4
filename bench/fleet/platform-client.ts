import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { ArgosyError } from '../../lib/fault/fault.ts'
import type { Reply, Request, Started, StartRequest, Usage } from './messages.ts'

/** The platform under measurement, in a process of its own. */
export interface PlatformClient {
  readonly started: Started
  usage(): Promise<Usage>
  /** Tells the platform that something was pushed, as a webhook would. */
  pushed(repository: string): Promise<void>
  stop(): Promise<void>
}

export interface StartOptions {
  readonly request: StartRequest
  readonly nodeFlags: readonly string[]
  readonly onProgress: (line: string) => void
}

/** As `npm start` runs it. */
const NODE_FLAGS = ['--max-semi-space-size=8']
const STOP_MS_MAX = 20_000

/** Throws `Internal` with the platform's own words when it does not come up. */
export async function startPlatformProcess(options: StartOptions): Promise<PlatformClient> {
  const path = new URL('./platform-process.ts', import.meta.url)
  const child = fork(path, [JSON.stringify(options.request)], {
    execArgv: [...NODE_FLAGS, ...options.nodeFlags],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  child.on('message', (message: Reply) => {
    if (message.kind === 'progress') options.onProgress(message.line)
  })
  const { started } = await replyOf(child, 'started')
  const ask = async <K extends Reply['kind']>(request: Request, kind: K) => {
    const answered = replyOf(child, kind)
    child.send(request)
    return answered
  }

  return {
    started,
    usage: async () => (await ask({ ask: 'usage' }, 'usage')).usage,
    pushed: async (repository) => void (await ask({ ask: 'pushed', repository }, 'pushed')),
    stop: () => stop(child),
  }
}

type ReplyOf<K extends Reply['kind']> = Extract<Reply, { readonly kind: K }>

/** The next reply of that kind; a failure or the end of the process is thrown. */
function replyOf<K extends Reply['kind']>(child: ChildProcess, kind: K): Promise<ReplyOf<K>> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      child.off('message', onMessage)
      child.off('exit', onExit)
      act()
    }
    const onMessage = (message: Reply): void => {
      if (message.kind === 'failed') settle(() => reject(failure(message.message)))
      else if (message.kind === kind) settle(() => resolve(message as ReplyOf<K>))
    }
    const onExit = (code: number | null): void =>
      settle(() => reject(failure(`the platform's process ended with code ${code ?? 'none'}`)))
    child.on('message', onMessage)
    child.on('exit', onExit)
  })
}

const failure = (message: string): ArgosyError => new ArgosyError({ code: 'Internal', message })

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  if (child.connected) child.send({ ask: 'stop' } satisfies Request)
  else child.kill('SIGTERM')
  const late = delay(STOP_MS_MAX, 'late', { ref: false })
  if ((await Promise.race([exited, late])) !== 'late') return
  child.kill('SIGKILL')
  await exited
}
