import { CommanderError } from 'commander'
import { EXIT_FAILURE, EXIT_USAGE, Failure } from './failure.ts'
import { createProgram } from './program.ts'
import { toRfc3339 } from '../lib/std/rfc3339.ts'
import type { Shell } from './shell.ts'

/** Runs one command line and answers the exit code; never throws, never ends the process. */
export async function run(argv: readonly string[], shell: Shell): Promise<number> {
  try {
    const words = argv.map(asCommanderFlag)
    const program = await createProgram(shell, words)
    await program.parseAsync(words, { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return reportUsage(error, shell)
    const failure = error instanceof Failure ? error : undefined
    const message = error instanceof Error ? error.message : String(error)
    if (message !== '') shell.err(fatalLine(message, shell))
    return failure?.exitCode ?? EXIT_FAILURE
  }
}

/** Go's flags know `--flag=false`; commander's do not. */
const asCommanderFlag = (word: string): string => {
  const [, name, value] = /^--([a-z][a-z-]*)=(true|false)$/.exec(word) ?? []
  if (name === undefined) return word
  return value === 'true' ? `--${name}` : `--no-${name}`
}

/** Programs get the line that they would get from `argocd`, people one that they can read. */
function fatalLine(message: string, shell: Shell): string {
  if (shell.isErrorTty) return `argosy: ${message.replace(/^rpc error: code = \w+ desc = /, '')}\n`
  return `${JSON.stringify({ level: 'fatal', msg: message, time: toRfc3339(shell.now()) })}\n`
}

function reportUsage(error: CommanderError, shell: Shell): number {
  if (error.exitCode === 0) return 0
  const flag = /unknown option '([^']+)'/.exec(error.message)?.[1]
  const text = flag === undefined ? error.message.replace(/^error: /, '') : `unknown flag: ${flag}`
  if (error.code !== 'commander.help') shell.err(`Error: ${text}\n`)
  return EXIT_USAGE
}
