import { expect, test } from 'vitest'
import { APP, configMap, createReconcileWorld, THREE } from '../../test/builders/reconcile-world.ts'
import { REPO_URL, TENANT } from '../../test/builders/memory-platform.ts'
import { normaliseRepoUrl } from '../source/repo-url.ts'
import type { ApplicationSpec } from '../app/application.ts'
import { requestDeletion, requestTermination } from '../state/applications.ts'
import { checkRepository } from './check-repository.ts'
import type { Ports } from './ports.ts'
import { reconcileApplication } from './reconcile-application.ts'

type World = Awaited<ReturnType<typeof createReconcileWorld>>
const REPO = normaliseRepoUrl(REPO_URL)
const AUTOMATED = { automated: { prune: true, selfHeal: true } }

/** What an action costs: requests to state and to the cluster. */
async function costOf(world: World, action: () => Promise<unknown>) {
  const state = world.ports.state as Ports['state'] & { requests(): number }
  const before = [state.requests(), world.cluster.requests()] as const
  await action()
  return { state: state.requests() - before[0], cluster: world.cluster.requests() - before[1] }
}
const names = (world: World): string =>
  world.cluster
    .objects()
    .filter(({ kind }) => kind === 'ConfigMap')
    .map(({ metadata }) => metadata.name ?? '')
    .toSorted((a, b) => (a < b ? -1 : 1))
    .join(' ')
const outcome = async (world: World) => {
  const operation = await world.operation()
  return `${operation?.phase}: ${operation?.message}`
}

test('a hint for which nothing is to be done costs one read', async () => {
  const world = await createReconcileWorld(THREE, AUTOMATED)
  await world.work()
  const cost = await costOf(world, () => reconcileApplication(world.ports, TENANT, APP))
  expect(cost).toEqual({ state: 1, cluster: 0 })
})

test('a look at what did not change asks the cluster for nothing but its kinds, which are cached', async () => {
  const world = await createReconcileWorld(THREE, AUTOMATED)
  await world.work()
  const reads: string[] = []
  world.cluster.failWith(({ verb }) => void (verb === 'discover' || reads.push(verb)))
  await world.look('look')
  expect(reads).toEqual([])
})

test('a commit that changes one object applies that one', async () => {
  const world = await createReconcileWorld(THREE, AUTOMATED)
  await world.work()
  const writes: string[] = []
  world.repository.change({ 'app/b.yaml': configMap('b', '2') })
  world.cluster.failWith(
    ({ verb, name }) => void (verb === 'discover' || writes.push(`${verb} ${name}`)),
  )
  await checkRepository(world.ports, TENANT, REPO)
  await world.work()
  // One look, one dry-run that compares, one apply.
  expect(writes).toEqual(['get b', 'apply b', 'apply b'])
})

test('an idle check of a repository costs one write', async () => {
  const world = await createReconcileWorld(THREE, AUTOMATED)
  await world.work()
  const cost = await costOf(world, () => checkRepository(world.ports, TENANT, REPO))
  expect(cost).toEqual({ state: 1, cluster: 0 })
})

test('a check of a repository that nothing uses leaves nothing behind', async () => {
  const world = await createReconcileWorld()
  await checkRepository(world.ports, TENANT, 'https://git.example.com/unused')
  const page = await world.ports.state.query(TENANT, { pk: 'REPOS' })
  expect(page.items).toEqual([])
})

// What is wrong, and the condition that says so.
test.for<[string, Partial<ApplicationSpec>, Record<string, string>, string]>([
  [
    'a path that is missing',
    { source: { repoURL: REPO_URL, path: 'nope' } },
    THREE,
    'ComparisonError',
  ],
  [
    'a revision that is unknown',
    { source: { repoURL: REPO_URL, path: 'app', targetRevision: 'nope' } },
    THREE,
    'ComparisonError',
  ],
  ['YAML that is broken', {}, { 'app/a.yaml': 'kind: [broken' }, 'ComparisonError'],
  [
    'a cluster that is not registered',
    { destination: { server: 'https://nowhere.example.com', namespace: 'default' } },
    THREE,
    'InvalidSpecError',
  ],
  [
    'a path too long to subscribe with',
    { source: { repoURL: REPO_URL, path: 'x'.repeat(1100) } },
    THREE,
    'InvalidSpecError',
  ],
  [
    'the same object twice',
    {},
    { ...THREE, 'app/d.yaml': configMap('a', '2') },
    'RepeatedResourceWarning',
  ],
])('%s becomes a condition', async ([, spec, files, condition]) => {
  const world = await createReconcileWorld(files, spec)
  await world.work()
  const { summary } = (await world.app()).seen
  expect(summary?.conditions.map(({ type }) => type)).toEqual([condition])
})

test('an object that leaves Git is pruned only with proof', async () => {
  const world = await createReconcileWorld(THREE, { automated: { prune: true } })
  await world.work()
  const key = { group: '', kind: 'ConfigMap', namespace: 'default', name: 'b' }
  world.cluster.edit(key, (live) => ({
    ...live,
    metadata: { ...live.metadata, annotations: {} },
  }))
  world.repository.change({ 'app/b.yaml': undefined, 'app/c.yaml': undefined })
  await checkRepository(world.ports, TENANT, REPO)
  await world.work()
  expect(names(world)).toBe('a b')
})

test('a hook is refused by name, and the strategy apply leaves it out', async () => {
  const hook = configMap('hook', '1', '{argocd.argoproj.io/hook: PreSync}')
  const world = await createReconcileWorld({ ...THREE, 'app/hook.yaml': hook })
  await world.ask({})
  await world.work()
  expect(await outcome(world)).toContain(
    'Failed: resource hooks are not there yet: PreSync /ConfigMap/hook',
  )
  await world.ask({ strategy: 'apply' })
  await world.work()
  expect([(await world.operation())?.phase, names(world)]).toEqual(['Succeeded', 'a b c'])
})

test('a sync of older revisions deploys them, and the next look compares with the newest', async () => {
  const world = await createReconcileWorld()
  const first = world.repository.refs().find(({ name }) => name === 'refs/heads/main')?.commit ?? ''
  world.repository.change({ 'app/a.yaml': configMap('a', '2') })
  await world.ask({ revisions: [first] })
  await world.work()
  const { summary } = (await world.app()).seen
  expect([(await world.operation())?.snapshot.revisions, summary?.sync]).toEqual([
    [first],
    'OutOfSync',
  ])
})

test('a refused object fails the sync before anything is applied, and is tried again', async () => {
  const world = await createReconcileWorld({
    ...THREE,
    'app/d.yaml': configMap('d', '1').replace('namespace: default', 'namespace: nowhere'),
  })
  await world.ask({}, { limit: 1, backoff: { duration: '5s' } })
  await world.work()
  expect([(await world.operation())?.phase, (await world.operation())?.retryCount]).toEqual([
    'Running',
    0,
  ])
  await world.sleep(5_000)
  expect(await outcome(world)).toMatch(
    /^Failed: .*namespaces "nowhere" not found.* \(retried 1 times\)\.$/,
  )
})

test('an operation that waits for a retry ends when somebody terminates it', async () => {
  const world = await createReconcileWorld({ 'app/a.yaml': 'kind: [broken' })
  await world.ask({}, { limit: 5 })
  await world.work()
  const operationId = (await world.operation())?.operation.id ?? ''
  await requestTermination(world.ports.state, TENANT, APP, { operationId, now: world.clock.now() })
  world.repository.change({ 'app/a.yaml': configMap('a', '1') })
  await world.look('refresh')
  expect(await outcome(world)).toBe('Failed: Operation terminated')
})

test('a deletion takes its own objects along and leaves the others', async () => {
  const world = await createReconcileWorld(THREE, AUTOMATED)
  await world.work()
  const key = { group: '', kind: 'ConfigMap', namespace: 'default', name: 'b' }
  world.cluster.edit(key, (live) => ({ ...live, metadata: { ...live.metadata, annotations: {} } }))
  await requestDeletion(world.ports.state, TENANT, APP, {
    requestedAt: world.clock.now(),
    cascade: true,
    propagation: 'foreground',
  })
  await world.work()
  world.cluster.settle()
  await world.sleep(1_000)
  await expect(world.app()).rejects.toThrow('gone')
  const { items } = await world.ports.state.query(TENANT, { pk: 'REPOS' })
  expect([names(world), items]).toEqual(['b', []])
})
