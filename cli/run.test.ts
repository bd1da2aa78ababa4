import { beforeEach, expect, test } from 'vitest'
import { PASSWORD, signIn } from '../test/builders/api-session.ts'
import { guestbook } from '../test/builders/guestbook.ts'
import {
  createMemoryPlatform,
  type MemoryPlatform,
  OPERATOR_TOKEN,
  REPO_URL,
  SERVER_URL,
} from '../test/builders/memory-platform.ts'
import { createMemoryShell, type MemoryShell } from '../test/builders/memory-shell.ts'

let platform: MemoryPlatform
let shell: MemoryShell

beforeEach(async () => {
  platform = await createMemoryPlatform()
  platform.cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } })
  platform.repository.commit({ files: guestbook() })
  shell = createMemoryShell(platform)
  const { token } = await signIn(platform)
  shell.env['ARGOSY_SERVER'] = SERVER_URL
  shell.env['ARGOSY_AUTH_TOKEN'] = token
})

const CREATE = `app create guestbook --repo ${REPO_URL} --path guestbook --dest-name in-cluster --dest-namespace default`
const run = (line: string): Promise<string> => shell.run(...line.split(' '))
const fatal = (msg: string, code = 20): string =>
  `--- stderr\n${JSON.stringify({ level: 'fatal', msg, time: '2026-11-23T14:01:34Z' })}\n--- exit ${code}\n`

test.for([
  ['app get guestbook --nosuch', 'Error: unknown flag: --nosuch'],
  ['app get', "Error: missing required argument 'APPNAME'"],
  ['app nosuch', "Error: unknown command 'nosuch'"],
  ['nosuch', "Error: unknown command 'nosuch'"],
  ['app sync x --timeout soon', "Error: option '--timeout <SECONDS>' argument 'soon' is invalid"],
] as const)('%s is wrong usage', async ([line, message]) => {
  const printed = await run(line)
  expect(printed).toContain(message)
  expect(printed).toContain('--- exit 1\n')
})

test('help is no error, and names every command', async () => {
  const printed = await run('app --help')
  expect(printed).toContain('terminate-op')
  expect(printed).toContain('--- exit 0')
  expect(await run('app sync --help')).not.toContain('--no-prune')
})

test('people get a line that they can read', async () => {
  shell.env['TTY'] = '1'
  expect(await run('app get nosuch')).toBe('--- stderr\nargosy: permission denied\n--- exit 20\n')
})

test('a login asks for what is missing', async () => {
  shell.answers.push('admin', PASSWORD)
  expect(await run('login 127.0.0.1:22080 --plaintext')).toContain("'admin:login' logged in")
  expect(shell.files.get('/home/ann/.config/argosy/config')).toContain('plain-text: true')
})

test('a login where nobody can answer names the flag', async () => {
  expect(await run('login 127.0.0.1:22080 --plaintext --username admin')).toBe(
    fatal('--password is missing, and nobody is there to be asked'),
  )
})

test('two new passwords must be equal', async () => {
  shell.answers.push(PASSWORD, 'new password', 'other password')
  expect(await run('account update-password')).toContain('the passwords do not match')
})

test('creating says what became of it', async () => {
  expect(await run(CREATE)).toBe("application 'guestbook' created\n--- exit 0\n")
  expect(await run(CREATE)).toBe("application 'guestbook' unchanged\n--- exit 0\n")
  expect(await run(`${CREATE} --label team=web --upsert`)).toContain('updated')
  expect(await run('app list -l team=web -o name')).toBe('argocd/guestbook\n--- exit 0\n')
  expect(await run('app list -l team=api -o name')).toBe('--- exit 0\n')
})

test('Go’s way to switch a flag off', async () => {
  const line = CREATE.replace('--path guestbook', '--path nope')
  expect(await run(line)).toContain('app path does not exist')
  expect(await run(`${line} --validate=false`)).toContain('created')
})

test('applications are read from a file', async () => {
  const app = (name: string): string =>
    `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: ${name}}\nspec: {source: {repoURL: "${REPO_URL}", path: guestbook}, destination: {name: in-cluster, namespace: default}}\n`
  shell.files.set('apps.yaml', `${app('a')}---\n${app('b')}`)
  expect(await run('app create -f apps.yaml')).toBe(
    "application 'a' created\napplication 'b' created\n--- exit 0\n",
  )
  expect(await run('app create x -f apps.yaml')).toContain('holds several applications')
  expect(await run('app create -f none.yaml')).toContain('file none.yaml does not exist')
  shell.files.set('pod.yaml', 'kind: Pod')
  expect(await run('app create -f pod.yaml')).toContain('something else than an Application')
})

test('a sync that fails ends with 1 and says how', async () => {
  await run(CREATE)
  platform.cluster.failWith(({ verb, kind }) =>
    verb === 'apply' && kind === 'Service'
      ? { fault: { code: 'KubernetesError', status: 422, reason: 'Invalid', message: 'bad port' } }
      : undefined,
  )
  const printed = await run('app sync guestbook')
  expect(printed).toContain('Phase:              Failed')
  expect(printed).toContain('bad port')
  expect(printed.split('--- stderr\n')[1]).toMatch(
    /"Operation has completed with phase: Failed".*\n--- exit 1\n$/,
  )
})

test('a sync leaves what it may not prune, and says so', async () => {
  await run(CREATE)
  await run('app sync guestbook')
  platform.repository.commit({
    files: { 'guestbook/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n' },
  })
  const printed = await run('app sync guestbook')
  expect(printed).toContain('ignored (requires pruning)')
  expect(printed).toMatch(/2 resources require pruning.*\n--- exit 1\n$/)
  expect(await run('app sync guestbook --prune')).toContain('--- exit 0')
})

test('a sync in the background prints nothing', async () => {
  await run(CREATE)
  expect(await run('app sync guestbook --async')).toBe('--- exit 0\n')
  expect(await run('app terminate-op guestbook')).toBe(
    "Application 'guestbook' operation terminating\n--- exit 0\n",
  )
})

test('only what is selected is synced', async () => {
  await run(CREATE)
  const printed = await run('app sync guestbook --resource :Service:guestbook-ui')
  expect(printed).toContain('--- exit 0')
  expect(platform.cluster.objects().map(({ kind }) => kind)).toContain('Service')
  expect(platform.cluster.objects().map(({ kind }) => kind)).not.toContain('Deployment')
  expect(await run('app sync guestbook --resource Service')).toContain(
    'is not of the form GROUP:KIND:NAME',
  )
})

test('the result of a sync as JSON is the application', async () => {
  await run(CREATE)
  const [json = ''] = (await run('app sync guestbook -o json')).split('--- exit')
  expect(JSON.parse(json)).toMatchObject({ status: { operationState: { phase: 'Succeeded' } } })
})

test('a wait ends with its time', async () => {
  await run(CREATE)
  const printed = await run('app wait guestbook --health --timeout 3')
  expect(printed).toContain('The command timed out waiting for the conditions to be met.')
  expect(printed).toContain('timed out (3s) waiting for app \\"guestbook\\" match desired state')
})

test('a diff has an exit code of its own for trouble, and another program when asked', async () => {
  await run(CREATE)
  expect(await run('app diff nosuch')).toContain('--- exit 2')
  expect(await run('app diff guestbook')).toContain('--- exit 1')
  expect(await run('app diff guestbook --exit-code=false')).toContain('--- exit 0')
  expect(await run('app diff guestbook --diff-exit-code 7')).toContain('--- exit 7')
  shell.env['KUBECTL_EXTERNAL_DIFF'] = 'diff -u'
  expect(await run('app diff guestbook')).toContain('+++ ')
})

test('setting needs something to set, and keeps the rest', async () => {
  await run(CREATE)
  expect(await run('app set guestbook')).toBe(fatal('please set at least one option to update'))
  expect(await run('app set guestbook --revision main --sync-policy auto --auto-prune')).toBe(
    '--- exit 0\n',
  )
  const printed = await run('app get guestbook')
  expect(printed).toContain('  Target:           main')
  expect(printed).toContain('Sync Policy:        Automated (Prune)')
})

test('a deletion is asked about, and can be waited for', async () => {
  await run(CREATE)
  shell.answers.push('n')
  expect(await run('app delete guestbook')).toContain(
    "The command to delete 'guestbook' was cancelled.",
  )
  expect(await run('app delete guestbook')).toContain('--yes is missing')
  expect(await run('app delete guestbook -y --wait')).toBe(
    "application 'guestbook' deleted\n--- exit 0\n",
  )
})

test('contexts are switched and forgotten', async () => {
  for (const name of ['one', 'two']) {
    shell.answers.push(PASSWORD)
    await run(`login 127.0.0.1:22080 --plaintext --username admin --name ${name}`)
  }
  expect(await run('context')).toContain('*        two   127.0.0.1:22080')
  expect(await run('context one')).toBe("Switched to context 'one'\n--- exit 0\n")
  expect(await run('context nosuch')).toContain("context 'nosuch' undefined")
  expect(await run('context one --delete')).toBe("Context 'one' deleted\n--- exit 0\n")
  expect(await run('context')).toBe(
    'CURRENT  NAME  SERVER\n         two   127.0.0.1:22080\n--- exit 0\n',
  )
  expect(await run('logout two')).toBe("Logged out from 'two'\n--- exit 0\n")
  expect(await run('logout two')).toContain('nothing to logout from')
})

test('the operator asks for the initial password by the data folder', async () => {
  expect(await run('admin initial-password')).toContain('no server runs on data folder .argosy')
  const { ensureAdmin } = await import('../lib/manage/ensure-admin.ts')
  const other = await createMemoryPlatform()
  const password = await ensureAdmin(other.ports, 'default')
  const operator = createMemoryShell(other)
  operator.files.set('/d/operator.json', JSON.stringify({ url: SERVER_URL, token: OPERATOR_TOKEN }))
  expect(await operator.run('admin', 'initial-password', '--data', '/d')).toContain(`${password}\n`)
})

test('versions', async () => {
  expect(await run('version --client')).toBe('argosy: v0.1.0\n--- exit 0\n')
  expect(await run('version --short')).toBe(
    'argosy: v0.1.0\nargosy-server: v3.6.0+argosy.0.1.0\n--- exit 0\n',
  )
  expect(await run('version -o xml')).toContain(
    'unknown output format: xml; use wide, short, json, yaml',
  )
})

test('the tree shows the objects of an application', async () => {
  await run(CREATE)
  await run('app sync guestbook')
  platform.cluster.settle()
  const printed = await run('app get guestbook --refresh -o tree')
  expect(printed).toContain(
    [
      'KIND/NAME                STATUS  HEALTH   MESSAGE',
      'Deployment/guestbook-ui  Synced  Healthy  deployment.apps/guestbook-ui created',
      'Service/guestbook-ui     Synced  Healthy  service/guestbook-ui created',
    ].join('\n'),
  )
})

test('a wait survives a server that goes away for a while', async () => {
  await run(CREATE)
  const { request } = platform.api
  let lost = 0
  platform.api.request = (input, ...rest) => {
    const isStream = (input instanceof Request ? input.url : String(input)).includes('/stream/')
    if (isStream && lost++ < 3) throw Object.assign(new Error('reset'), { code: 'ECONNRESET' })
    return request.call(platform.api, input, ...rest)
  }
  expect(await run('app sync guestbook')).toContain('--- exit 0')
  expect(lost).toBeGreaterThan(3)
})

test('a wait gives up on a server that stays away', async () => {
  await run(CREATE)
  const { request } = platform.api
  platform.api.request = (input, ...rest) => {
    const isStream = (input instanceof Request ? input.url : String(input)).includes('/stream/')
    if (isStream) throw Object.assign(new Error('no'), { code: 'ECONNREFUSED' })
    return request.call(platform.api, input, ...rest)
  }
  expect(await run('app sync guestbook')).toContain('is not reachable: connection refused')
})
