import { join, resolve } from 'node:path'
import { createApiClient } from '../api-client.ts'
import type { CommandContext } from '../command-context.ts'
import { Failure } from '../failure.ts'

/** `argosy admin initial-password`: asks the server that runs on a data folder of this machine. */
export function adminInitialPassword({ command, shell }: CommandContext): void {
  command
    .option('--data <DIR>', 'data folder of the server', '.argosy')
    .action(async ({ data }: { readonly data: string }) => {
      const file = join(resolve(data), OPERATOR_FILE)
      const text = await shell.readFile(file)
      if (text === undefined) {
        throw new Failure(
          `no server runs on data folder ${data}; start it, or name its folder with --data`,
        )
      }
      const { url, token } = JSON.parse(text) as { readonly url: string; readonly token: string }
      const api = createApiClient(shell, { url, insecure: false, operatorToken: token })
      const { password } = await api.get<{ readonly password: string }>(
        '/api/argosy/initial-password',
      )
      shell.out(
        `${password}\n\n This password must be only used for first time login. Change it with 'argosy account update-password'.\n`,
      )
    })
}

/** Written by the server while it runs: where it listens, and what proves that one may read this. */
const OPERATOR_FILE = 'operator.json'
