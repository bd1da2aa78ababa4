import { expect, test } from 'vitest'
import type { ApplicationSpec } from '../lib/app/application.ts'
import { applySpecFlags, type SpecFlags } from './app-spec.ts'

const SPEC: ApplicationSpec = {
  source: { repoURL: 'r', path: 'p' },
  destination: { server: 's' },
  project: 'default',
}
const automated = (automation: object = {}): ApplicationSpec => ({
  ...SPEC,
  syncPolicy: { automated: automation },
})

test.for<readonly [string, ApplicationSpec, SpecFlags, object]>([
  ['nothing', SPEC, {}, SPEC],
  [
    'a revision',
    SPEC,
    { revision: 'v1' },
    { ...SPEC, source: { repoURL: 'r', path: 'p', targetRevision: 'v1' } },
  ],
  [
    'a destination',
    SPEC,
    { destNamespace: 'n' },
    { ...SPEC, destination: { server: 's', namespace: 'n' } },
  ],
  ['automated', SPEC, { syncPolicy: 'auto' }, automated()],
  [
    'automated again keeps details',
    automated({ prune: true }),
    { syncPolicy: 'automated' },
    automated({ prune: true }),
  ],
  [
    'details',
    automated(),
    { autoPrune: true, selfHeal: false },
    automated({ prune: true, selfHeal: false }),
  ],
  ['none', automated({ prune: true }), { syncPolicy: 'none' }, SPEC],
  [
    'an option',
    SPEC,
    { syncOption: ['A=1', 'B=2'] },
    { ...SPEC, syncPolicy: { syncOptions: ['A=1', 'B=2'] } },
  ],
  [
    'another value and a removal',
    { ...SPEC, syncPolicy: { syncOptions: ['A=1', 'B=2'] } },
    { syncOption: ['A=3', '!B=2'] },
    { ...SPEC, syncPolicy: { syncOptions: ['A=3'] } },
  ],
  [
    'retries',
    SPEC,
    { syncRetryLimit: 3, syncRetryBackoffDuration: '5s' },
    { ...SPEC, syncPolicy: { retry: { limit: 3, backoff: { duration: '5s' } } } },
  ],
  ['no retries', { ...SPEC, syncPolicy: { retry: { limit: 3 } } }, { syncRetryLimit: 0 }, SPEC],
  [
    'a directory',
    SPEC,
    { directoryRecurse: true },
    { ...SPEC, source: { repoURL: 'r', path: 'p', directory: { recurse: true } } },
  ],
])('%s', ([, spec, flags, expected]) => {
  expect(applySpecFlags(spec, flags)).toEqual(expected)
})

test.for<readonly [SpecFlags, string]>([
  [{ selfHeal: true }, 'application not configured with automatic sync'],
  [{ syncPolicy: 'sometimes' }, 'invalid sync-policy: sometimes'],
])('%j is refused', ([flags, message]) => {
  expect(() => applySpecFlags(SPEC, flags)).toThrow(message)
})

test('one of several sources cannot be changed by flags yet', () => {
  const spec = { ...SPEC, sources: [{ repoURL: 'a' }, { repoURL: 'b' }] }
  expect(() => applySpecFlags(spec, { path: 'x' })).toThrow(
    'one of several sources is not there yet',
  )
})
