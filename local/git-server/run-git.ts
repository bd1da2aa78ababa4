import { spawn } from 'node:child_process'
import { ArgosyError } from '../../lib/fault/fault.ts'

export interface GitRun {
  /** Folder in which git runs. */
  readonly cwd: string
  /** Folder that stands for the home directory, so that nobody's own settings matter. */
  readonly home: string
  readonly input?: string | Uint8Array
  readonly env?: Readonly<Record<string, string>>
}

/**
 * Runs the system's git and answers what it printed. Throws `FailedPrecondition` with git's own
 * words, or with what to install where there is no git.
 */
export async function runGit(args: readonly string[], run: GitRun): Promise<string> {
  const child = spawn('git', [...args], {
    cwd: run.cwd,
    env: { ...gitEnvironment(run.home), ...run.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const failed = new Promise<never>((_, reject) => {
    child.once('error', (cause) => reject(gitFailure(cause)))
  })
  const closed = new Promise<number>((resolve) => {
    child.once('close', (code) => resolve(code ?? 1))
  })
  // Git may end before it has read everything; its exit code says why.
  child.stdin.on('error', () => undefined)
  child.stdin.end(run.input ?? '')
  const [code, out, problems] = await Promise.race([
    Promise.all([closed, textOf(child.stdout), textOf(child.stderr)]),
    failed,
  ])
  if (code === 0) return out
  throw new ArgosyError({
    code: 'FailedPrecondition',
    message: `git ${args.join(' ')}: ${problems.trim() || `exit code ${code}`}`,
  })
}

/** The environment of every git we start: no settings of the machine, no questions, UTC. */
export const gitEnvironment = (home: string): Readonly<Record<string, string>> => ({
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  HOME: home,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C',
  TZ: 'UTC',
})

/** What is to be done where git cannot be started. */
export const gitFailure = (cause: Error): ArgosyError =>
  new ArgosyError(
    {
      code: 'FailedPrecondition',
      message:
        'code' in cause && cause.code === 'ENOENT'
          ? 'git is not installed: install Git 2.20 or later and have it on the PATH'
          : `git cannot be started: ${cause.message}`,
    },
    { cause },
  )

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(part)
  return Buffer.concat(parts).toString('utf8')
}
