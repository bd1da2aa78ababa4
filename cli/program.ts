import { Command } from 'commander'
import { createCommandContext } from './command-context.ts'
import { COMMANDS, GROUPS } from './commands.ts'
import type { Shell } from './shell.ts'

/** The whole tree of commands, with flags and action only for the one that was typed. */
export async function createProgram(shell: Shell, argv: readonly string[]): Promise<Command> {
  const program = configure(new Command('argosy'), shell)
    .description('Argosy: GitOps continuous delivery for Kubernetes')
    .option('--server <HOST:PORT>', 'the server to talk to')
    .option('--auth-token <TOKEN>', 'token to show to the server')
    .option('--plaintext', 'talk to the server without TLS')
    .option('--insecure', 'accept a certificate that nobody vouches for')
    .option('--grpc-web', 'accepted for the sake of scripts; this program talks REST')
    .option('--config <FILE>', 'where logins are remembered')
    .option('--argocd-context <CONTEXT>', 'the remembered login to use')

  const groups = new Map<string, Command>()
  for (const [name, summary] of Object.entries(GROUPS)) {
    groups.set(name, configure(program.command(name), shell).description(summary))
  }
  const typed = argv.filter((word) => !word.startsWith('-'))
  for (const { words, summary, load } of COMMANDS) {
    const [first, second] = words
    const parent = second === undefined ? program : groups.get(first)
    const command = (parent ?? program).command(second ?? first).description(summary)
    configure(command, shell)
    const isTyped = typed.includes(first) && (second === undefined || typed.includes(second))
    if (isTyped) (await load())(createCommandContext(shell, command))
  }
  return program
}

/** Commander throws instead of ending the process; `run.ts` prints its errors. */
const configure = (command: Command, shell: Shell): Command =>
  command
    .exitOverride()
    .configureOutput({
      writeOut: (text) => shell.out(text),
      writeErr: (text) => shell.err(text),
      outputError: () => undefined,
    })
    .helpCommand(false)
