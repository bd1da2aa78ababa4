import { expect, test } from 'vitest'
import { authorize, isAllowed } from './authorize.ts'
import { OPERATOR } from './caller.ts'

const ISSUED = Date.parse('2026-01-02T15:04:05Z')

test.for([
  ['admin', 'applications', 'delete', true],
  ['admin', 'clusters', 'create', true],
  ['ann', 'applications', 'get', false],
  ['', 'applications', 'get', false],
  [OPERATOR, 'accounts', 'get', true],
  [OPERATOR, 'accounts', 'update', false],
  [OPERATOR, 'applications', 'get', false],
] as const)('%j may %s %s: %s', ([subject, resource, action, allowed]) => {
  expect(isAllowed({ tenant: 't', subject }, resource, action as 'get', 'x')).toBe(allowed)
})

test.for([
  [{ subject: '' }, 'permission denied: applications, get, default/x'],
  [
    { subject: 'ann', issuedAt: ISSUED },
    'permission denied: applications, get, default/x, sub: ann, iat: 2026-01-02T15:04:05Z',
  ],
] as const)('a denial of %j says what was asked and by whom', ([who, message]) => {
  const caller = { tenant: 't', ...who }
  expect(() => authorize(caller, 'applications', 'get', 'default/x')).toThrow(message)
})
