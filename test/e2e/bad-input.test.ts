import { beforeEach, expect, test } from 'vitest'
import type { Fault } from '../../lib/fault/fault.ts'
import { PASSWORD, signIn } from '../builders/api-session.ts'
import { guestbook } from '../builders/guestbook.ts'
import {
  createMemoryPlatform,
  type MemoryPlatform,
  REPO_URL,
  SERVER_URL,
} from '../builders/memory-platform.ts'
import { createMemoryShell, type MemoryShell } from '../builders/memory-shell.ts'

// What people get wrong, seen from where they sit: one line, argocd's exit code, nothing half-made.

let platform: MemoryPlatform
let shell: MemoryShell

const configMap = (name: string, more = ''): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n${more}`

/** Each alias stands for nine of the one before it. */
const BOMB = 'bcdefghij'
  .split('')
  .reduce(
    (text, name, index) => `${text}${name}: &${name} [${`*${'abcdefghi'[index]},`.repeat(9)}]\n`,
    `${configMap('bomb')}a: &a [x,x,x,x,x,x,x,x,x]\n`,
  )

const FILES: Readonly<Record<string, string>> = {
  ...guestbook(),
  'syntax/a.yaml': 'a: 1\n---\na: [1\nb: 2\n',
  'no-kind/a.yaml': 'apiVersion: v1\nmetadata: { name: x }\n',
  'no-name/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n',
  'bomb/a.yaml': BOMB,
  'twice/a.yaml': configMap('a'),
  'twice/b.yaml': configMap('a'),
  'lost/a.yaml': configMap('a').replace('name: a', 'name: a, namespace: nowhere'),
  'other/a.yaml': configMap('other'),
}

beforeEach(async () => {
  platform = await createMemoryPlatform()
  platform.cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } })
  platform.repository.commit({ files: FILES })
  shell = createMemoryShell(platform)
  const { token } = await signIn(platform)
  shell.env['ARGOSY_SERVER'] = SERVER_URL
  shell.env['ARGOSY_AUTH_TOKEN'] = token
})

const run = (line: string): Promise<string> => shell.run(...line.split(' '))

const create = (name: string, flags: string): Promise<string> =>
  run(
    `app create ${name} --repo ${REPO_URL} --dest-name in-cluster --dest-namespace default ${flags}`,
  )

/** The message of a program that has printed one line of error and nothing else. */
function refusalIn(printed: string, code = 20): string {
  const [, line = '', exit = ''] = /^--- stderr\n(.*)\n--- exit (\d+)\n$/.exec(printed) ?? []
  expect({ printed, exit }).toEqual({ printed, exit: String(code) })
  const { msg } = JSON.parse(line) as { readonly msg: string }
  expect(msg).not.toContain('\n')
  return msg
}

const UNREACHABLE: Fault = {
  code: 'RepositoryUnreachable',
  repo: REPO_URL,
  detail: 'connection refused',
}

test.for([
  ['--path nowhere', 'nowhere: app path does not exist'],
  ['--path guestbook --revision nope', "unable to resolve 'nope' in"],
  ['--path guestbook --revision nope', 'push it, or correct the revision'],
  ['--path guestbook --repo http://git.example.com/x.git', 'is not a Git repository'],
  ['--path guestbook --repo nonsense', 'repository URL "nonsense" is not an http or https URL'],
  ['--revision main', 'spec.source.repoURL and either spec.source.path'],
  ['--path syntax', 'syntax/a.yaml: line 4: '],
  ['--path no-kind', 'no-kind/a.yaml: document 1: the object has no kind'],
  ['--path no-name', 'no-name/a.yaml: document 1: ConfigMap has no metadata.name'],
  ['--path bomb', 'bomb/a.yaml: YAML aliases expand beyond the limit of 10000000'],
  [
    '--path guestbook --dest-name nope',
    'cluster nope is not registered; correct the server or the name',
  ],
] as const)('an application with %s is refused: %s', async ([flags, message]) => {
  const refusal = refusalIn(await create('bad', flags))
  expect(refusal).toContain('application spec for bad is invalid: InvalidSpecError: ')
  expect(refusal).toContain(message)
  expect(await run('app list -o name'), 'nothing half-made').toBe('--- exit 0\n')
})

test('11 MB of manifests are too much', async () => {
  const half = 'x'.repeat(5_500_000)
  platform.repository.change({
    'big/a.yaml': configMap('a', `data: { a: '${half}' }\n`),
    'big/b.yaml': configMap('b', `data: { b: '${half}' }\n`),
  })
  const refusal = refusalIn(await create('bad', '--path big'))
  expect(refusal).toContain('big: the manifest files have 11000')
  expect(refusal).toContain('split the application, or exclude files with directory.exclude')
})

test('a repository that is down is named, with the remedy', async () => {
  platform.repository.fail(UNREACHABLE)
  expect(refusalIn(await create('bad', '--path guestbook'))).toContain(
    `repository not accessible: repository ${REPO_URL} is not reachable: connection refused; check the URL and the network`,
  )
})

test.for([
  ['Bad_Name', '--path guestbook', 'metadata.name: Invalid value: "Bad_Name": a lowercase RFC'],
  ['other', '--path guestbook', 'existing application spec is different, use upsert flag'],
] as const)('%s cannot be created with %s', async ([name, flags, message]) => {
  await create('other', '--path other')
  expect(refusalIn(await create(name, flags))).toContain(message)
  expect(await run('app get other -o json')).toContain('"path": "other"')
  expect(await run('app list -o name')).toBe('argocd/other\n--- exit 0\n')
})

test('two objects with the same key are a warning, and one of them is applied', async () => {
  await create('bad', '--path twice')
  expect(await run('app sync bad')).toContain('--- exit 0')
  expect(await conditionsOf('bad')).toEqual([
    {
      type: 'RepeatedResourceWarning',
      message: 'Resource /ConfigMap/default/a appeared 2 times among application resources.',
    },
  ])
})

test.for([
  [
    'the path is deleted',
    () => platform.repository.change({ 'guestbook/guestbook-ui.yaml': undefined }),
    'guestbook: app path does not exist',
  ],
  [
    'a file breaks',
    () => platform.repository.change({ 'guestbook/guestbook-ui.yaml': 'a: [\n' }),
    'guestbook/guestbook-ui.yaml: line 2: ',
  ],
  [
    'the repository is down',
    () => platform.repository.fail(UNREACHABLE),
    `repository ${REPO_URL} is not reachable: connection refused; check the URL and the network`,
  ],
  [
    'the cluster is down',
    () => platform.cluster.failWith(() => ({ fault: CLUSTER_DOWN })),
    'cluster https://10.0.0.1 is not reachable: connection refused; is it running, and is this its address?',
  ],
  [
    'the cluster refuses us',
    () => platform.cluster.failWith(() => ({ fault: CLUSTER_REFUSES })),
    'cluster https://10.0.0.1 refused us: Unauthorized; check its credentials',
  ],
] as const)('when %s the application says so, and nothing is pruned', async ([, spoil, cause]) => {
  await create('app', '--path guestbook --sync-policy automated --auto-prune --self-heal')
  await platform.sleep(1000)
  expect(platform.cluster.objects().map(({ kind }) => kind)).toContain('Deployment')
  const before = platform.cluster.objects().length

  spoil()
  const refreshed = await run('app get app --hard-refresh')
  expect(refreshed).toContain('Sync Status:        Unknown')
  expect(await conditionsOf('app')).toEqual([
    { type: 'ComparisonError', message: expect.stringContaining(cause) as unknown },
  ])
  await platform.sleep(60_000)
  expect(platform.cluster.objects()).toHaveLength(before)
})

const CLUSTER_DOWN: Fault = {
  code: 'ClusterUnreachable',
  cluster: 'https://10.0.0.1',
  detail: 'connection refused',
}
const CLUSTER_REFUSES: Fault = {
  code: 'ClusterRefused',
  cluster: 'https://10.0.0.1',
  detail: 'Unauthorized',
}

async function conditionsOf(name: string): Promise<readonly object[]> {
  const printed = await run(`app get ${name} -o json`)
  const app = JSON.parse(printed.split('\n--- ')[0] ?? '') as {
    readonly status: {
      readonly conditions?: readonly { readonly type: string; readonly message: string }[]
    }
  }
  return (app.status.conditions ?? []).map(({ type, message }) => ({ type, message }))
}

test('a namespace that is missing, and an object that is refused, fail the sync with 1', async () => {
  await create('lost', '--path lost')
  const lost = await run('app sync lost')
  expect(lost).toContain('namespaces "nowhere" not found')
  expect(lost).toContain('Operation has completed with phase: Failed')
  expect(lost).toContain('--- exit 1\n')

  const message = 'admission webhook "policy" denied the request: no label team'
  platform.cluster.failWith(({ verb }) =>
    verb === 'apply'
      ? { fault: { code: 'KubernetesError', status: 403, reason: 'Forbidden', message } }
      : undefined,
  )
  await create('refused', '--path other')
  const refused = await run('app sync refused')
  expect(refused).toContain(message)
  expect(refused).toContain('--- exit 1\n')
})

test('one bad application does not stop another', async () => {
  await create('lost', '--path lost --sync-policy automated')
  await create('broken', '--path nowhere --sync-policy automated --validate=false')
  await create('good', '--path other --sync-policy automated')
  await platform.sleep(1000)
  const list = await run('app list -o wide')
  expect(list).toMatch(/argocd\/good .*Synced +Healthy/)
  expect(list).toMatch(/argocd\/broken .*Unknown.*ComparisonError/)
  expect(list).toMatch(/argocd\/lost .*OutOfSync/)
  expect(await run('app get lost')).toContain('namespaces "nowhere" not found')
})

test('who is not, or no longer, logged in is told how to', async () => {
  platform.clock.advance(25 * 3_600_000)
  expect(refusalIn(await run('app list'))).toBe(
    "rpc error: code = Unauthenticated desc = invalid session: token has expired; log in with 'argosy login 127.0.0.1:22080'",
  )
  shell.env['ARGOSY_AUTH_TOKEN'] = ''
  expect(refusalIn(await run('app list'))).toBe(
    "rpc error: code = Unauthenticated desc = no session information; log in with 'argosy login 127.0.0.1:22080'",
  )
})

test('a wrong password says no more than that', async () => {
  const login = (name: string, password: string) =>
    shell.run(
      ...`login 127.0.0.1:22080 --plaintext --username ${name} --password`.split(' '),
      password,
    )
  for (const [name, password] of [
    ['admin', 'wrong'],
    ['nobody', PASSWORD],
  ] as const)
    expect(refusalIn(await login(name, password))).toBe(
      'rpc error: code = Unauthenticated desc = Invalid username or password',
    )
})
