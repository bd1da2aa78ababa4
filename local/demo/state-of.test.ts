import { expect, test } from 'vitest'
import type { ApplicationJson } from '../../lib/manage/application-json.ts'
import { differenceOf, expectState } from './state-of.ts'

const WANTED = { sync: 'Synced', health: 'Healthy', resources: ['Service/ui', 'Deployment/ui'] }

const resource = (kind: string, status = 'Synced') => ({ kind, name: 'ui', version: 'v1', status })

const app = (status: object): ApplicationJson =>
  ({ metadata: { name: 'shop' }, status }) as unknown as ApplicationJson

const GOOD = {
  sync: { status: 'Synced' },
  health: { status: 'Healthy' },
  resources: [resource('Deployment'), resource('Service')],
}

test.for([
  [{}, undefined],
  [{ sync: { status: '' }, health: {} }, 'shop is not compared yet / Unknown'],
  [
    {
      sync: { status: 'Unknown' },
      conditions: [
        { type: 'OrphanedResourceWarning', message: 'no matter' },
        { type: 'ComparisonError', message: 'no repository' },
      ],
    },
    'shop is Unknown / Healthy (ComparisonError: no repository)',
  ],
  [{ resources: [resource('Deployment', 'OutOfSync'), resource('Service')] }, 'Deployment differs'],
  [{ resources: [resource('Deployment')] }, 'it has Deployment/ui'],
  [{ resources: [] }, 'it has no objects'],
] as const)('with %o', ([status, difference]) => {
  expect(differenceOf(app({ ...GOOD, ...status }), WANTED)).toBe(difference)
})

test('a step fails with what was expected and what there is', () => {
  expect(() => expectState(app({ ...GOOD, health: { status: 'Degraded' } }), WANTED)).toThrow(
    'expected Synced / Healthy, but shop is Synced / Degraded',
  )
})
