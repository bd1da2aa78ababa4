import { expect, test } from 'vitest'
import { ignoredPointers, unsupportedIgnores } from './ignore-rules.ts'

const KEY = { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web-1' }
const POINTERS = { jsonPointers: ['/spec/replicas'] }

test.for([
  [{ group: 'apps', kind: 'Deployment' }, true],
  [{ kind: 'Deployment' }, false],
  [{ group: '*', kind: '*' }, true],
  [{ group: 'app?', kind: 'Dep*ment' }, true],
  [{ group: 'apps', kind: 'Deploy' }, false],
  [{ group: 'a.ps', kind: 'Deployment' }, false],
  [{ group: 'apps', kind: 'Deployment', name: 'web-*' }, true],
  [{ group: 'apps', kind: 'Deployment', name: 'db' }, false],
  [{ group: 'apps', kind: 'Deployment', name: '', namespace: '' }, true],
  [{ group: 'apps', kind: 'Deployment', namespace: 'shop' }, true],
  [{ group: 'apps', kind: 'Deployment', namespace: 'other' }, false],
  [{ group: 'apps' }, false],
] as const)('the rule %o fits: %s', ([rule, expected]) => {
  expect(ignoredPointers([{ ...rule, ...POINTERS }], KEY)).toEqual(
    expected ? POINTERS.jsonPointers : [],
  )
})

test('pointers of all rules that fit are joined; what is no list of texts is none', () => {
  const rules = [
    { group: '*', kind: '*', jsonPointers: ['/a', 7] },
    { group: '*', kind: '*', jsonPointers: 'no' },
    { group: '*', kind: '*', jsonPointers: ['/b'] },
  ]
  expect(ignoredPointers(rules, KEY)).toEqual(['/a', '/b'])
})

test('a glob of many stars is matched in no time', () => {
  const rule = { group: '*', kind: '*', name: `${'*a'.repeat(100)}b`, ...POINTERS }
  expect(ignoredPointers([rule], { ...KEY, name: 'a'.repeat(253) })).toEqual([])
})

test('names what is not supported', () => {
  const rules = [
    { kind: 'x', jqPathExpressions: ['.a'] },
    { kind: 'y', managedFieldsManagers: [] },
  ]
  expect(unsupportedIgnores(rules)).toEqual(['jqPathExpressions'])
})
