import type { CommandContext } from './command-context.ts'

/** A command by its words; what it does is loaded only when it is the one that was typed. */
export interface CommandEntry {
  readonly words: readonly [string] | readonly [string, string]
  readonly summary: string
  readonly load: () => Promise<(context: CommandContext) => void>
}

export const GROUPS: Readonly<Record<string, string>> = {
  account: 'Manage accounts',
  admin: 'What only who runs the server may do',
  app: 'Manage applications',
}

export const COMMANDS: readonly CommandEntry[] = [
  {
    words: ['login'],
    summary: 'Log in to a server',
    load: async () => (await import('./commands/login.ts')).login,
  },
  {
    words: ['logout'],
    summary: 'Log out from a server',
    load: async () => (await import('./commands/logout.ts')).logout,
  },
  {
    words: ['context'],
    summary: 'Switch between servers',
    load: async () => (await import('./commands/context.ts')).context,
  },
  {
    words: ['version'],
    summary: 'Print version information',
    load: async () => (await import('./commands/version.ts')).version,
  },
  {
    words: ['account', 'update-password'],
    summary: 'Change the password of an account',
    load: async () => (await import('./commands/account-update-password.ts')).accountUpdatePassword,
  },
  {
    words: ['account', 'get-user-info'],
    summary: 'Show who is logged in',
    load: async () => (await import('./commands/account-get-user-info.ts')).accountGetUserInfo,
  },
  {
    words: ['admin', 'initial-password'],
    summary: 'Print the initial password of the admin account',
    load: async () => (await import('./commands/admin-initial-password.ts')).adminInitialPassword,
  },
  {
    words: ['app', 'create'],
    summary: 'Create an application',
    load: async () => (await import('./commands/app-create.ts')).appCreate,
  },
  {
    words: ['app', 'get'],
    summary: 'Show an application',
    load: async () => (await import('./commands/app-get.ts')).appGet,
  },
  {
    words: ['app', 'list'],
    summary: 'List applications',
    load: async () => (await import('./commands/app-list.ts')).appList,
  },
  {
    words: ['app', 'sync'],
    summary: 'Sync applications to their target state',
    load: async () => (await import('./commands/app-sync.ts')).appSync,
  },
  {
    words: ['app', 'wait'],
    summary: 'Wait until applications reach a state',
    load: async () => (await import('./commands/app-wait.ts')).appWait,
  },
  {
    words: ['app', 'diff'],
    summary: 'Show what a sync would change',
    load: async () => (await import('./commands/app-diff.ts')).appDiff,
  },
  {
    words: ['app', 'history'],
    summary: 'Show what was deployed when',
    load: async () => (await import('./commands/app-history.ts')).appHistory,
  },
  {
    words: ['app', 'rollback'],
    summary: 'Go back to an earlier deployment',
    load: async () => (await import('./commands/app-rollback.ts')).appRollback,
  },
  {
    words: ['app', 'manifests'],
    summary: 'Print the manifests of an application',
    load: async () => (await import('./commands/app-manifests.ts')).appManifests,
  },
  {
    words: ['app', 'resources'],
    summary: 'List the resources of an application',
    load: async () => (await import('./commands/app-resources.ts')).appResources,
  },
  {
    words: ['app', 'set'],
    summary: 'Change the spec of an application',
    load: async () => (await import('./commands/app-set.ts')).appSet,
  },
  {
    words: ['app', 'delete'],
    summary: 'Delete applications',
    load: async () => (await import('./commands/app-delete.ts')).appDelete,
  },
  {
    words: ['app', 'terminate-op'],
    summary: 'End the running operation of an application',
    load: async () => (await import('./commands/app-terminate-op.ts')).appTerminateOp,
  },
]
