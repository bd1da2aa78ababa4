import { afterAll, expect, test, vi } from 'vitest'
import { engineFolder } from '../../local/engine-folder.ts'
import type { Json } from '../std/json.ts'
import { valueAt } from '../manifest/manifest.ts'
import { createWasmEngine } from './wasm-engine.ts'

// Starting an instance takes a second of a processor, which a busy machine may not have at once.
vi.setConfig({ testTimeout: 60_000 })

const engine = createWasmEngine({ directory: engineFolder(process.cwd()).built })
afterAll(() => engine.close())

const run = (request: Record<string, Json>): Promise<Json> =>
  engine.run('acme', 'fieldmanager', { version: 1, time: 1_760_000_000_000, ...request })

const aDeployment = (spec: Record<string, Json>, cpu = '1') => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'nginx:1', resources: { limits: { cpu } } }] },
    },
    ...spec,
  },
})

const apply = async (request: Record<string, Json>): Promise<Json> =>
  valueAt(await run({ operation: 'apply', manager: 'one', ...request }), 'result') ?? null

const text = (entry: Json, field: string): string => String(valueAt(entry, field) as string)

const ownersOf = (object: Json) => {
  const entries = valueAt(object, 'metadata', 'managedFields')
  return Array.isArray(entries)
    ? entries.map(
        (entry) => `${text(entry, 'manager')} ${text(entry, 'operation')} ${text(entry, 'time')}`,
      )
    : []
}

test('an apply creates an object, owns its fields and writes quantities canonically', async () => {
  const created = await apply({ patch: aDeployment({ replicas: 2 }, '1000m') })
  expect(ownersOf(created)).toEqual(['one Apply 2025-10-09T08:53:20Z'])
  const container = valueAt(created, 'spec', 'template', 'spec', 'containers', 0)
  expect(valueAt(container, 'resources')).toEqual({ limits: { cpu: '1' } })
})

test('a field left out of the next apply goes away; an equal apply changes nothing', async () => {
  const created = await apply({ patch: aDeployment({ replicas: 2 }) })
  const patch = aDeployment({})
  const removed = await apply({ live: created, patch, force: true })
  expect(valueAt(removed, 'spec', 'replicas')).toBeUndefined()
  expect(await apply({ live: removed, patch, force: true })).toEqual(removed)
})

test('a foreign field is a conflict that names its manager, and force takes it', async () => {
  const live = await apply({ patch: aDeployment({ replicas: 2 }) })
  const request = { live, patch: aDeployment({ replicas: 3 }), manager: 'two' }
  const refused = await run({ operation: 'apply', ...request })
  expect(valueAt(refused, 'error')).toEqual({
    code: 409,
    reason: 'Conflict',
    message: 'Apply failed with 1 conflict: conflict with "one": .spec.replicas',
    causes: [
      { reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.spec.replicas' },
    ],
  })
  expect(valueAt(await apply({ ...request, force: true }), 'spec', 'replicas')).toBe(3)
})

test('an update keeps the books of a write that was no apply', async () => {
  const live = await apply({ patch: aDeployment({ replicas: 2 }) })
  const object = { ...(live as object), spec: aDeployment({ replicas: 5 }).spec }
  const answer = await run({ operation: 'update', live, object, manager: 'kubectl-edit' })
  expect(ownersOf(valueAt(answer, 'result') ?? null)).toEqual([
    'one Apply 2025-10-09T08:53:20Z',
    'kubectl-edit Update 2025-10-09T08:53:20Z',
  ])
})

test('a field that the door may not write is nobody’s', async () => {
  const patch = { ...aDeployment({}), status: { replicas: 1 } }
  const created = await apply({ patch, resetFields: [['status']] })
  const fields = valueAt(created, 'metadata', 'managedFields', 0, 'fieldsV1')
  expect(Object.keys(fields as object)).toEqual(['f:spec'])
})

test.for([
  ['unknown', { operation: 'apply', patch: aDeployment({ replcas: 1 }), manager: 'one' }, 500],
  [
    'strict',
    { operation: 'update', object: aDeployment({ replcas: 1 }), manager: 'one', strict: true },
    400,
  ],
  ['operation', { operation: 'dance' }, 400],
  ['version', { version: 2, operation: 'apply' }, 400],
] as const)('%s: refused as an API server would', async ([, request, code]) => {
  expect(valueAt(await run(request as unknown as Record<string, Json>), 'error', 'code')).toBe(code)
})

test('a custom resource is merged without a schema', async () => {
  const widget = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' } }
  const live = await apply({ patch: { ...widget, spec: { a: 1, list: [1, 2] } } })
  const merged = await apply({ live, patch: { ...widget, spec: { list: [3] } } })
  expect(valueAt(merged, 'spec')).toEqual({ list: [3] })
})

test('a strategic merge patch merges containers by name', async () => {
  const spec = { containers: [{ name: 'sidecar', image: 'proxy:1' }] }
  const patch = { spec: { template: { spec } } }
  const answer = await run({ operation: 'strategicMerge', live: aDeployment({}), patch })
  const containers = valueAt(answer, 'result', 'spec', 'template', 'spec', 'containers')
  expect((containers as readonly Json[]).map((item) => valueAt(item, 'name'))).toEqual([
    'sidecar',
    'web',
  ])
})

test('a three-way patch removes what was applied before and is gone', async () => {
  const original = aDeployment({ replicas: 2 })
  const live = aDeployment({ replicas: 2, paused: true })
  const request = { operation: 'threeWayPatch', original, object: aDeployment({}), live }
  expect(valueAt(await run(request), 'result')).toEqual({
    type: 'strategic',
    patch: { spec: { replicas: null } },
  })
})

test('the same request gives the same bytes in every instance', async () => {
  const other = createWasmEngine({ directory: engineFolder(process.cwd()).built })
  const request = {
    version: 1,
    operation: 'apply',
    manager: 'one',
    time: 5000,
    seed: 's',
    patch: aDeployment({}),
  }
  const answers = await Promise.all([
    engine.run('acme', 'fieldmanager', request),
    other.run('globex', 'fieldmanager', request),
  ])
  await other.close()
  expect(answers[0]).toEqual(answers[1])
})
