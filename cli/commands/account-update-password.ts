import type { UserInfoJson } from '../../lib/manage/accounts.ts'
import { askFor } from '../ask-for.ts'
import type { CommandContext } from '../command-context.ts'
import { configPath, readConfig, withLogin, writeConfig } from '../config.ts'
import { serverOf } from '../connect.ts'
import { Failure } from '../failure.ts'

interface PasswordFlags {
  readonly account?: string
  readonly currentPassword?: string
  readonly newPassword?: string
}

/** `argosy account update-password` */
export function accountUpdatePassword(context: CommandContext): void {
  const { command, shell } = context
  command
    .option('--account <NAME>', 'whose password; your own by default')
    .option('--current-password <PASSWORD>', 'your own current password')
    .option('--new-password <PASSWORD>', 'the new password')
    .action(async (flags: PasswordFlags) => {
      const api = await context.connect()
      const { username = '' } = await api.get<UserInfoJson>('/api/v1/session/userinfo')
      const account = flags.account ?? username
      const currentPassword =
        flags.currentPassword ??
        (await askFor(
          shell,
          `*** Enter password of currently logged in user (${username}): `,
          '--current-password',
          'hidden',
        ))
      const newPassword = flags.newPassword ?? (await askNewPassword(context, account))
      const body = { name: account, currentPassword, newPassword }
      await api.send('PUT', '/api/v1/account/password', { body })
      shell.out('Password updated\n')
      if (account === username) await logInAgain(context, { username, password: newPassword })
    })
}

async function askNewPassword({ shell }: CommandContext, account: string): Promise<string> {
  const question = (verb: string): string => `*** ${verb} new password for user ${account}: `
  const first = await askFor(shell, question('Enter'), '--new-password', 'hidden')
  const second = await askFor(shell, question('Confirm'), '--new-password', 'hidden')
  if (first !== second) throw new Failure('the passwords do not match')
  return first
}

/** The change has ended every session, this one too. */
async function logInAgain(
  context: CommandContext,
  credentials: { readonly username: string; readonly password: string },
): Promise<void> {
  const { shell } = context
  const flags = context.flags()
  const path = configPath(shell, flags.config)
  const config = await readConfig(shell, path)
  const name = flags.argocdContext ?? config.currentContext
  const entry = config.contexts.find((candidate) => candidate.name === name)
  if (entry === undefined) return
  const api = await context.connect()
  const { token } = await api.send<{ readonly token: string }>('POST', '/api/v1/session', {
    body: credentials,
  })
  const server = serverOf(entry.server, flags, config)
  await writeConfig(shell, path, withLogin(config, { context: name, server, token }))
  shell.out(`Context '${name}' updated\n`)
}
