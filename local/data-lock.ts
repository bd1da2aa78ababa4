import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { ArgosyError } from '../lib/fault/fault.ts'

export interface DataLock {
  release(): void
}

/** Folders that this process holds; a lock file with our own pid may be a leftover. */
const held = new Set<string>()

/**
 * Takes a data folder, which it makes if need be, for this process alone. A lock whose process is
 * gone is taken over. Throws `FailedPrecondition` that names the folder and the process.
 */
export function lockDataFolder(folder: string): DataLock {
  makeFolder(folder)
  const path = join(realpathSync(folder), 'lock')
  const own = join(realpathSync(folder), `lock.${process.pid}`)
  writeFileSync(own, textOf(process.pid))
  try {
    while (!tryLink(own, path)) {
      const holder = read(path)
      if (holder !== undefined && isAlive(holder, path)) throw inUse(folder, holder)
      if (holder !== undefined) removeStale(path, holder)
    }
  } finally {
    rmSync(own, { force: true })
  }
  held.add(path)
  let isReleased = false
  return {
    release() {
      if (isReleased) return
      isReleased = true
      held.delete(path)
      rmSync(path, { force: true })
    },
  }
}

/** Makes the folder for this user alone. Throws `FailedPrecondition` where that cannot be done. */
function makeFolder(folder: string): void {
  try {
    // Making several at once never ends below /proc (Node 24), so it is kept to where it is needed.
    const isParentThere = existsSync(dirname(resolve(folder)))
    if (!existsSync(folder)) mkdirSync(folder, { recursive: !isParentThere, mode: 0o700 })
    if (!statSync(folder).isDirectory()) throw new Error('it is a file')
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause)
    const message = `data folder ${folder} cannot be used: ${detail}; choose another folder with --data`
    throw new ArgosyError({ code: 'FailedPrecondition', message }, { cause })
  }
}

const inUse = (folder: string, holder: string): ArgosyError =>
  new ArgosyError({
    code: 'FailedPrecondition',
    message: `data folder ${folder} is in use by process ${pidIn(holder)}; stop that process, or choose another folder with --data`,
  })

/** A process id alone is used again, in a container at every start: the start time tells. */
const textOf = (pid: number): string => `${pid} ${startOf(pid)}\n`

const pidIn = (holder: string): number => Number.parseInt(holder, 10)

function isAlive(holder: string, path: string): boolean {
  const pid = pidIn(holder)
  if (pid === process.pid) return held.has(path)
  return Number.isInteger(pid) && pid > 0 && exists(pid) && holder === textOf(pid)
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it is there, but not ours.
    return codeOf(error) === 'EPERM'
  }
}

/** When a process started, in clock ticks since the machine did; empty where there is no /proc. */
function startOf(pid: number): string {
  // The fields behind the name, which may hold spaces and parentheses itself; see proc(5), stat.
  const stat = read(`/proc/${pid}/stat`)
  const [state = '', ...fields] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? []
  // A killed process that its parent never asked about keeps its id, but nothing else.
  return 'ZX'.includes(state) && state !== '' ? 'ended' : (fields[18] ?? '')
}

/** A link appears with its content, all at once, or fails because another is there. */
function tryLink(own: string, path: string): boolean {
  try {
    linkSync(own, path)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/** Removes the lock that was found stale, and puts back what another process wrote meanwhile. */
function removeStale(path: string, stale: string): void {
  const aside = `${path}.stale.${process.pid}`
  try {
    renameSync(path, aside)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw error
  }
  if (read(aside) !== stale) tryLink(aside, path)
  rmSync(aside, { force: true })
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ESRCH') return undefined
    throw error
  }
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code
