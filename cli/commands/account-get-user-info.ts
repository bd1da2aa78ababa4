import type { UserInfoJson } from '../../lib/manage/accounts.ts'
import type { CommandContext } from '../command-context.ts'
import { checkOutput, formatJson, formatYaml } from '../printers/structured.ts'

/** `argosy account get-user-info` */
export function accountGetUserInfo({ command, shell, connect }: CommandContext): void {
  command
    .option('-o, --output <FORMAT>', 'json, or yaml')
    .action(async ({ output }: { readonly output?: string }) => {
      const format = checkOutput(output, ['text', 'json', 'yaml'])
      const info = await (await connect()).get<UserInfoJson>('/api/v1/session/userinfo')
      if (format === 'json') shell.out(formatJson(info))
      else if (format === 'yaml') shell.out(await formatYaml(info))
      else shell.out(formatUserInfo(info))
    })
}

const formatUserInfo = ({ loggedIn, username, iss, groups = [] }: UserInfoJson): string =>
  loggedIn === true
    ? `Logged In: true\nUsername: ${username ?? ''}\nIssuer: ${iss ?? ''}\nGroups: ${groups.join(',')}\n`
    : 'Logged In: false\n'
