import { fork } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import type { ClusterConnection } from '../../lib/cluster/port.ts'
import { ArgosyError } from '../../lib/fault/fault.ts'
import type { Sandbox } from './sandbox.ts'

export interface StartSandboxOptions {
  readonly dataDir: string
  readonly port?: number
  readonly onProgress?: (line: string) => void
}

const START_TIMEOUT_MS = 60_000
const STOP_TIMEOUT_MS = 10_000

/**
 * Starts the sandbox cluster in a process of its own, which ends with this one. What it has to say
 * goes to `sandbox.log` in its data folder. Throws `FailedPrecondition` when it does not start.
 */
export async function startSandbox(options: StartSandboxOptions): Promise<Sandbox> {
  const { dataDir, port, onProgress = () => undefined } = options
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const logPath = join(dataDir, 'sandbox.log')
  const log = openSync(logPath, 'a', 0o600)
  onProgress('starting the sandbox cluster')
  const child = fork(
    join(import.meta.dirname, 'main.ts'),
    [dataDir, ...(port === undefined ? [] : [String(port)])],
    {
      stdio: ['ignore', log, log, 'ipc'],
      execArgv: ['--max-semi-space-size=4'],
      serialization: 'json',
    },
  )
  closeSync(log)
  const exited = once(child, 'exit')
  const deadline = AbortSignal.timeout(START_TIMEOUT_MS)
  const started: unknown[] = await Promise.race([
    once(child, 'message', { signal: deadline }),
    exited.then(() => []),
  ]).catch(() => [])
  const [answer] = started
  if (!isStarted(answer)) {
    child.kill('SIGKILL')
    const message = reasonOf(answer) ?? `the sandbox cluster did not start; see ${logPath}`
    throw new ArgosyError({ code: 'FailedPrecondition', message })
  }
  onProgress(`sandbox cluster at ${answer.connection.server}`)
  return {
    ...answer,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      const overdue = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
      await exited
      clearTimeout(overdue)
    },
  }
}

interface Started {
  readonly connection: ClusterConnection
  readonly kubeconfigPath: string
}

const isStarted = (message: unknown): message is Started =>
  typeof message === 'object' && message !== null && 'connection' in message

const reasonOf = (answer: unknown): string | undefined =>
  typeof answer === 'object' && answer !== null && 'failed' in answer
    ? String(answer.failed)
    : undefined
