import type { Command } from 'commander'
import type { ApiClient } from './api-client.ts'
import { connect, type GlobalFlags } from './connect.ts'
import type { Shell } from './shell.ts'

/** What a command is given; it adds its flags and its action to `command`. */
export interface CommandContext {
  readonly shell: Shell
  readonly command: Command
  /** The server that flags, environment or config name. */
  readonly connect: () => Promise<ApiClient>
  readonly flags: () => GlobalFlags
}

export function createCommandContext(shell: Shell, command: Command): CommandContext {
  const flags = (): GlobalFlags => command.optsWithGlobals<GlobalFlags>()
  return { shell, command, flags, connect: () => connect(shell, flags()) }
}
