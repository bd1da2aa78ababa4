import { expect, test } from 'vitest'
import { jsonPatch } from './json-patch.ts'

const BEFORE = { a: { 'b/c': 1, 'd~e': [1, 2, 3] } }

test.for([
  ['replace', '/a/b~1c', 2, { a: { 'b/c': 2, 'd~e': [1, 2, 3] } }],
  ['add', '/x', { y: 1 }, { ...BEFORE, x: { y: 1 } }],
  ['add', '/a/d~0e/1', 9, { a: { 'b/c': 1, 'd~e': [1, 9, 2, 3] } }],
  ['add', '/a/d~0e/-', 9, { a: { 'b/c': 1, 'd~e': [1, 2, 3, 9] } }],
  ['replace', '/a/d~0e/0', 9, { a: { 'b/c': 1, 'd~e': [9, 2, 3] } }],
  ['remove', '/a/d~0e/0', null, { a: { 'b/c': 1, 'd~e': [2, 3] } }],
  ['remove', '/a', null, {}],
  ['test', '/a/b~1c', 1, BEFORE],
] as const)('%s %s', ([op, path, value, after]) => {
  expect(jsonPatch(BEFORE, [{ op, path, value }])).toEqual(after)
})

test.for([
  ['remove', '/none'],
  ['replace', '/a/none'],
  ['replace', '/a/d~0e/7'],
  ['test', '/a/b~1c'],
  ['add', '/a/b~1c/deeper'],
  ['copy', '/a'],
] as const)('%s %s is rejected as 422', ([op, path]) => {
  expect(() => jsonPatch(BEFORE, [{ op, path, value: 2 }])).toThrow(`JSON patch ${op} of ${path}`)
})
