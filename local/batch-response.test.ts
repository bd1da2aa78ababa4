import { expect, test } from 'vitest'
import { failedMessages } from './batch-response.ts'

test.for([
  ['nothing', undefined, ''],
  ['null', null, ''],
  ['an empty object', {}, ''],
  ['a null list', { batchItemFailures: null }, ''],
  ['an empty list', { batchItemFailures: [] }, ''],
  ['one failure', { batchItemFailures: [{ itemIdentifier: 'b' }] }, 'b'],
  ['a failure named twice', failures('b', 'b'), 'b'],
  ['all failures', failures('a', 'b', 'c'), 'a b c'],
  ['an unknown identifier', failures('b', 'z'), 'a b c'],
  ['an empty identifier', failures(''), 'a b c'],
  ['a null identifier', { batchItemFailures: [{ itemIdentifier: null }] }, 'a b c'],
  ['a misspelt key', { batchItemFailures: [{ itemId: 'b' }] }, 'a b c'],
  ['a null failure', { batchItemFailures: [null] }, 'a b c'],
  ['failures that are no list', { batchItemFailures: 'b' }, 'a b c'],
  ['text', 'ok', 'a b c'],
  ['a list', ['b'], 'a b c'],
] as const)('%s: failed are [%3$s]', ([, response, expected]) => {
  expect([...failedMessages(response, ['a', 'b', 'c'])].join(' ')).toBe(expected)
})

function failures(...ids: readonly string[]) {
  return { batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) }
}
