import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ArgosyError } from '../../lib/fault/fault.ts'

/** The programs of one control plane: started together, ended by their process ids. */
export interface Processes {
  start(name: string, args: readonly string[]): void
  /** Throws when one of them ended by itself, with the last lines of its log. */
  assertRunning(): void
  stop(): Promise<void>
}

/** After this long, a program that was asked to end is killed. */
const GRACE_MS = 3_000

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export function createProcesses(binaries: string, dataDir: string): Processes {
  const logs = join(dataDir, 'logs')
  mkdirSync(logs, { recursive: true })
  const pids = join(dataDir, 'pids.json')
  endLeftovers(pids, binaries)
  const children = new Map<string, ChildProcess>()

  const remember = (): void => {
    const running = [...children.values()].map(({ pid }) => pid)
    writeFileSync(pids, JSON.stringify(running))
  }
  // Also when the process ends in a hurry: nothing is left running behind it.
  const killAll = (): void => {
    for (const child of children.values()) child.kill('SIGKILL')
  }
  process.once('exit', killAll)
  // A signal that nobody handles ends a process without its `exit`. Whoever handles it calls `stop`.
  const onSignal = (signal: NodeJS.Signals): void => {
    if (process.listenerCount(signal) > 0) return
    killAll()
    process.kill(process.pid, signal)
  }
  for (const signal of SIGNALS) process.once(signal, onSignal)

  return {
    start(name, args) {
      const log = openSync(join(logs, `${name}.log`), 'w', 0o600)
      const child = spawn(join(binaries, name), args, {
        cwd: dataDir,
        env: { HOME: dataDir },
        stdio: ['ignore', log, log],
      })
      closeSync(log)
      // What cannot be started has no exit code; it is found by `assertRunning`.
      child.once('error', () => undefined)
      children.set(name, child)
      remember()
    },
    assertRunning() {
      for (const [name, child] of children) {
        if (isRunning(child)) continue
        const message = `${name} ended while the control plane was starting: ${tail(join(logs, `${name}.log`))}`
        throw new ArgosyError({ code: 'Internal', message })
      }
    },
    async stop() {
      process.off('exit', killAll)
      for (const signal of SIGNALS) process.off(signal, onSignal)
      // Only etcd has anything to save; it goes last, when nobody writes any more.
      const etcd = children.get('etcd')
      const others = [...children.values()].filter((child) => child !== etcd)
      await Promise.all(others.map((child) => end(child, 'SIGKILL')))
      if (etcd !== undefined) await end(etcd, 'SIGTERM')
      children.clear()
      remember()
    },
  }
}

const isRunning = (child: ChildProcess): boolean =>
  child.pid !== undefined && child.exitCode === null && child.signalCode === null

function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  return new Promise((resolve) => {
    if (!isRunning(child)) return resolve()
    const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS)
    child.once('exit', () => {
      clearTimeout(timer)
      resolve()
    })
    child.kill(signal)
  })
}

/** Ends what a killed predecessor left running, if its process ids still are our programs. */
function endLeftovers(pids: string, binaries: string): void {
  for (const pid of readPids(pids)) {
    if (!readText(`/proc/${pid}/cmdline`).startsWith(`${binaries}/`)) continue
    try {
      process.kill(pid, 'SIGKILL')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}

function readPids(path: string): readonly number[] {
  const text = readText(path)
  const value: unknown = text === '' ? [] : JSON.parse(text)
  return Array.isArray(value) ? value.filter((pid): pid is number => Number.isInteger(pid)) : []
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

const TAIL_LINES = 5

const tail = (path: string): string =>
  readText(path).trimEnd().split('\n').slice(-TAIL_LINES).join('\n')
