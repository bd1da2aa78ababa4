import { expect, test } from 'vitest'
import { ArgosyError, faultOf } from '../fault/fault.ts'
import { isConditionFailure, translateDynamoError } from './dynamo-errors.ts'

const named = (name: string, message = '') => Object.assign(new Error(message), { name })

test.for<[Error, string]>([
  [named('ProvisionedThroughputExceededException'), 'Throttled'],
  [named('ThrottlingException'), 'Throttled'],
  [named('RequestLimitExceeded'), 'Throttled'],
  [named('LimitExceededException'), 'Throttled'],
  [named('ValidationException', 'Item size has exceeded the maximum'), 'LimitExceeded'],
  [named('ValidationException', 'Item size to update has exceeded'), 'LimitExceeded'],
  [named('ValidationException', 'redundant parentheses'), 'Internal'],
  [named('ResourceNotFoundException', 'no table'), 'Internal'],
  [named('AccessDeniedException'), 'Internal'],
])('%s is %s, with its cause', ([error, code]) => {
  const translated = translateDynamoError('argosy', error)
  expect([faultOf(translated).code, translated.cause]).toEqual([code, error])
})

test('the message names the table and what DynamoDB said', () => {
  const said = [named('ResourceNotFoundException', 'no such table'), named('UnknownError')]
  expect(said.map((error) => translateDynamoError('argosy', error).message)).toEqual([
    'table argosy: no such table',
    'table argosy: UnknownError',
  ])
})

test('a fault of our own stays as it is', () => {
  const own = new ArgosyError({ code: 'InvalidArgument', message: 'x' })
  expect(translateDynamoError('argosy', own)).toBe(own)
})

test('a condition that did not hold is told from every other failure', () => {
  const errors = [named('ConditionalCheckFailedException'), named('Other'), 'text']
  expect(errors.map(isConditionFailure)).toEqual([true, false, false])
})
