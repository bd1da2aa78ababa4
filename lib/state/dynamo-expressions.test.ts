import { expect, test } from 'vitest'
import { changeExpressions, conditionExpressions, type Expressions } from './dynamo-expressions.ts'
import type { Condition, ItemChange } from './port.ts'

/** An expression with names and values put back where their placeholders stand. */
function spelled(
  text: string | undefined,
  { ExpressionAttributeNames: names = {}, ExpressionAttributeValues: values = {} }: Expressions,
): string | undefined {
  return text
    ?.replaceAll(/#\d+/g, (placeholder) => names[placeholder] ?? '?')
    .replaceAll(/:\d+/g, (placeholder) => {
      const { S, N, BOOL } = values[placeholder] ?? {}
      return S === undefined ? (N ?? String(BOOL)) : `'${S}'`
    })
}

const A: Condition = { attribute: 'a', exists: true }
const B: Condition = { attribute: 'b', equals: 'x' }

test.for<[Condition, string]>([
  [A, 'attribute_exists(a)'],
  [{ attribute: 'a', exists: false }, 'attribute_not_exists(a)'],
  [B, "b = 'x'"],
  [{ attribute: 'a', equals: 5 }, 'a = 5'],
  [{ attribute: 'a', equals: true }, 'a = true'],
  [{ attribute: 'a', below: -1 }, 'a < -1'],
  [{ attribute: 'a', equalsAttribute: 'b' }, '(attribute_exists(a) AND a = b)'],
  [{ all: [A, B] }, "(attribute_exists(a) AND b = 'x')"],
  [{ any: [A, B] }, "(attribute_exists(a) OR b = 'x')"],
  [{ all: [A] }, 'attribute_exists(a)'],
  [{ any: [{ all: [{ any: [A, B] }] }] }, "(attribute_exists(a) OR b = 'x')"],
  [{ all: [A, { any: [A, B] }] }, "(attribute_exists(a) AND (attribute_exists(a) OR b = 'x'))"],
  [{ all: [] }, '(attribute_exists(pk) OR attribute_not_exists(pk))'],
  [{ any: [] }, '(attribute_exists(pk) AND attribute_not_exists(pk))'],
])('condition %j', ([condition, expected]) => {
  const built = conditionExpressions(condition)
  expect(spelled(built.ConditionExpression, built)).toBe(expected)
})

test.for<[ItemChange, string | undefined, string | undefined]>([
  [{}, undefined, undefined],
  [{ set: { a: undefined } }, undefined, undefined],
  [{ set: { a: 1, b: '', c: undefined } }, "SET a = 1, b = ''", undefined],
  [{ add: { n: 1 } }, 'ADD n 1', undefined],
  [{ remove: ['a', 'b'] }, 'REMOVE a, b', undefined],
  [{ condition: A }, undefined, 'attribute_exists(a)'],
  [
    { remove: ['c'], add: { b: -1 }, set: { a: false }, condition: { attribute: 'b', equals: 2 } },
    'SET a = false ADD b -1 REMOVE c',
    'b = 2',
  ],
])('change %j', ([change, update, condition]) => {
  const built = changeExpressions(change)
  expect(spelled(built.UpdateExpression, built)).toBe(update)
  expect(spelled(built.ConditionExpression, built)).toBe(condition)
})

test('no name or value stands in an expression, and DynamoDB is told of none that is not used', () => {
  const hostile = 'a = :0 OR attribute_exists(pk)'
  const built = changeExpressions({
    set: { [hostile]: hostile },
    add: { size: 1 },
    condition: { attribute: hostile, equals: hostile },
  })
  expect(built).toEqual({
    UpdateExpression: 'SET #0 = :0 ADD #1 :1',
    ConditionExpression: '#0 = :2',
    ExpressionAttributeNames: { '#0': hostile, '#1': 'size' },
    ExpressionAttributeValues: { ':0': { S: hostile }, ':1': { N: '1' }, ':2': { S: hostile } },
  })
  expect(conditionExpressions(undefined)).toEqual({})
  expect(conditionExpressions(A)).toEqual({
    ConditionExpression: 'attribute_exists(#0)',
    ExpressionAttributeNames: { '#0': 'a' },
  })
})
