import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { StepFailed } from './step-failed.ts'
import type { Terminal } from './terminal.ts'

const PROGRAM = join(import.meta.dirname, '../../bin/argosy')

/** Runs a command line of `argosy`, words apart by one space, shown with what it prints. */
export type RunArgosy = (line: string) => Promise<void>

/**
 * The program as a person starts it: a process of its own, which remembers its logins in
 * `configDir`. Anything but exit code 0 is a `StepFailed`. `signal` ends it.
 */
export const createArgosy =
  (options: {
    readonly terminal: Terminal
    readonly configDir: string
    readonly signal: AbortSignal
  }): RunArgosy =>
  (line) =>
    new Promise((resolve, reject) => {
      const { terminal, configDir, signal } = options
      const argv = line.split(' ')
      terminal.command(['argosy', ...argv])
      const { PATH, HOME } = process.env
      const child = spawn(PROGRAM, argv, {
        env: { PATH, HOME, ARGOSY_CONFIG_DIR: configDir },
        stdio: ['ignore', 'pipe', 'pipe'],
        signal,
      })
      let problems = ''
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => terminal.output(chunk))
      child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
        problems += chunk
        terminal.output(chunk)
      })
      child.once('error', (cause) => {
        reject(new StepFailed(`argosy cannot be started: ${cause.message}`, { cause }))
      })
      child.once('close', (code) => {
        if (code === 0) resolve()
        else reject(new StepFailed(describeEnd(argv, code, problems)))
      })
    })

function describeEnd(argv: readonly string[], code: number | null, problems: string): string {
  const [, reason = problems.trim()] = /"msg":"((?:[^"\\]|\\.)*)"/.exec(problems) ?? []
  const command = `argosy ${argv.slice(0, 2).join(' ')} ended with exit code ${String(code)}`
  return reason === '' ? command : `${command}: ${reason.replaceAll(String.raw`\"`, '"')}`
}
