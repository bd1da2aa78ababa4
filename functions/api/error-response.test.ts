import { expect, test } from 'vitest'
import { ArgosyError, type Fault } from '../../lib/fault/fault.ts'
import { toApiError } from './error-response.ts'

const answer = (error: unknown) => {
  const logged: unknown[] = []
  const note = (event: string, fields?: unknown) => void logged.push([event, fields])
  const ports = { log: { info: note, error: note }, ids: { next: () => 'request-1' } }
  const told = toApiError(error, ports)
  return { told, logged: JSON.stringify(logged) }
}

const SECRET = 'table argosy: item T#acme#x is damaged'

test.for([new ArgosyError({ code: 'Internal', message: SECRET }), new Error(SECRET)] as const)(
  '%s is told to nobody but the log',
  (error) => {
    const { told, logged } = answer(error)
    expect([told.httpStatus, told.grpcCode]).toEqual([500, 13])
    expect(told.message).toBe("internal error; see the server's log, request request-1")
    expect(logged).toContain(SECRET)
    expect(logged).toContain('request-1')
  },
)

test.for<Fault>([
  { code: 'InvalidArgument', message: 'name is missing' },
  { code: 'Conflict', message: 'somebody else was faster' },
])('what was foreseen is said: %j', (fault) => {
  expect(answer(new ArgosyError(fault)).told.message).toBe('message' in fault ? fault.message : '')
})
