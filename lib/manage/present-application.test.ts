import { expect, test } from 'vitest'
import type { Operation, OperationState } from '../app/status.ts'
import type { ApplicationRecord, Seen, Summary } from '../state/records.ts'
import { presentApplication } from './present-application.ts'

const LOOKS = { look: 0, observe: 0, refresh: 0, hard: 0 }
const NOW = Date.parse('2026-01-02T15:04:05Z')

const aRecord = (
  overrides: Partial<ApplicationRecord> = {},
  seen: Partial<Seen> = {},
): ApplicationRecord => ({
  tenant: 'acme',
  name: 'guestbook',
  uid: 'uid-1',
  version: 7,
  createdAt: NOW,
  generation: 2,
  spec: {
    project: 'default',
    destination: { name: 'in-cluster' },
    source: { repoURL: 'r', path: 'p' },
  },
  labels: {},
  annotations: {},
  wanted: LOOKS,
  seen: { looks: LOOKS, generation: 2, round: 0, documents: {}, ...seen },
  ...overrides,
})

const anOperation = (id: string): Operation => ({
  id,
  requestedAt: NOW,
  initiatedBy: { username: 'admin' },
  sync: { revisions: ['c1'], strategy: 'hook' },
})

const aState = (id: string, overrides: Partial<OperationState> = {}): OperationState => ({
  operation: anOperation(id),
  phase: 'Running',
  message: '',
  startedAt: NOW,
  retryCount: 0,
  snapshot: { revisions: ['c1'] },
  sources: [{ repoURL: 'r', path: 'p' }],
  results: [],
  ...overrides,
})

const SUMMARY: Summary = {
  sync: 'Synced',
  health: { status: 'Healthy' },
  healthSince: NOW,
  snapshot: { revisions: ['c1'] },
  conditions: [{ type: 'SyncError', message: 'm', lastTransitionTime: NOW }],
  reconciledAt: NOW + 1000,
  sourceTypes: ['Directory'],
  images: ['i'],
  operation: { id: 'b', phase: 'Succeeded', startedAt: NOW, finishedAt: NOW },
  waits: 0,
  verifiedAt: NOW,
  subscriptions: [],
}

// What waiting clients see: whether an operation is in progress, and whose result is shown.
test.for([
  ['nothing was ever asked', aRecord(), undefined, [undefined, undefined]],
  [
    'asked, not taken up',
    aRecord({ operation: anOperation('a') }),
    undefined,
    ['asked', undefined],
  ],
  [
    'asked anew: the old result is hidden',
    aRecord({ operation: anOperation('b') }, { taken: 'a' }),
    aState('a', { phase: 'Succeeded', finishedAt: NOW }),
    ['asked', undefined],
  ],
  [
    'running',
    aRecord({ operation: anOperation('a') }, { taken: 'a', running: 'a' }),
    aState('a'),
    ['asked', 'Running'],
  ],
  ['running by itself', aRecord({}, { running: 'auto' }), aState('auto'), ['asked', 'Running']],
  [
    'told to end',
    aRecord({ operation: anOperation('a'), terminate: 'a' }, { taken: 'a', running: 'a' }),
    aState('a'),
    ['asked', 'Terminating'],
  ],
  [
    'ended, though told to end before',
    aRecord({ operation: anOperation('a'), terminate: 'a' }, { taken: 'a' }),
    aState('a', { phase: 'Failed', finishedAt: NOW }),
    [undefined, 'Failed'],
  ],
  [
    'a list without documents shows the phase',
    aRecord({}, { summary: SUMMARY }),
    undefined,
    [undefined, 'Succeeded'],
  ],
] as const)('%s', ([, record, operation, [asked, phase]]) => {
  const app = presentApplication(record, operation === undefined ? {} : { operation })
  expect(app.operation === undefined ? undefined : 'asked').toBe(asked)
  expect(app.status.operationState?.phase).toBe(phase)
})

test('the status of a compared application', () => {
  const { status, metadata } = presentApplication(aRecord({}, { summary: SUMMARY }), {
    resources: [
      {
        key: { group: '', kind: 'Service', namespace: 'n', name: 's' },
        version: 'v1',
        status: 'Synced',
      },
      {
        key: { group: '', kind: 'ConfigMap', namespace: 'n', name: 'c' },
        version: 'v1',
        status: 'OutOfSync',
        requiresPruning: true,
      },
    ],
  })
  expect(metadata.resourceVersion).toBe('7')
  expect(status).toMatchObject({
    sync: { status: 'Synced', revision: 'c1' },
    health: { status: 'Healthy', lastTransitionTime: '2026-01-02T15:04:05Z' },
    reconciledAt: '2026-01-02T15:04:06Z',
    conditions: [{ type: 'SyncError', message: 'm', lastTransitionTime: '2026-01-02T15:04:05Z' }],
    sourceType: 'Directory',
    summary: { images: ['i'] },
    resources: [
      { kind: 'ConfigMap', status: 'OutOfSync', requiresPruning: true },
      { kind: 'Service', status: 'Synced' },
    ],
  })
})

test('several sources have several revisions', () => {
  const sources = [
    { repoURL: 'a', path: 'p' },
    { repoURL: 'b', path: 'p' },
  ]
  const record = aRecord(
    { spec: { project: 'default', destination: {}, sources } },
    { summary: { ...SUMMARY, snapshot: { revisions: ['c1', 'c2'] } } },
  )
  const operation = aState('a', { sources, snapshot: { revisions: ['c1', 'c2'] }, finishedAt: NOW })
  const { status } = presentApplication(record, { operation })
  expect(status.sync).toMatchObject({ revisions: ['c1', 'c2'] })
  expect(status.sync).not.toHaveProperty('revision')
  expect(status.operationState?.syncResult).toMatchObject({ sources, revisions: ['c1', 'c2'] })
})
