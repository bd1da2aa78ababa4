import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ManagedFieldsEntry, Manifest } from '../manifest/manifest.ts'
import { ownershipPatch, uniteFields } from './ownership.ts'

const OURS = 'argocd-controller'
const KUBECTL = 'kubectl-client-side-apply'

/** `MANAGER OPERATION FIELD,FIELD [APIVERSION] [SUBRESOURCE]`; fields are keys of `data`. */
function entryOf(text: string): ManagedFieldsEntry {
  const [manager = '', operation = '', fields = '', apiVersion = 'v1', subresource = ''] =
    text.split(' ')
  const data = Object.fromEntries(fields.split(',').map((field) => [`f:${field}`, {}]))
  return {
    manager,
    operation,
    apiVersion,
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:data': data },
    ...(subresource !== '' && { subresource }),
  }
}

const live = (entries: readonly string[]): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', resourceVersion: '7', managedFields: entries.map(entryOf) },
})

test.for([
  ['nothing is managed', [], undefined],
  ['all is ours already', [`${OURS} Apply a`, 'kubelet Update x'], undefined],
  ['an apply of others stays theirs', ['kubectl Apply a'], undefined],
  ['an edit of others stays theirs', ['kubectl-edit Update a'], undefined],
  ['a subresource is none of ours', [`${KUBECTL} Update a v1 status`], undefined],
  ['kubectl alone becomes ours', [`${KUBECTL} Update a,b`], [`${OURS} Apply a,b`]],
  [
    'kubectl is united with ours',
    [`${KUBECTL} Update a,b`, `${OURS} Apply a`],
    [`${OURS} Apply a,b`],
  ],
  ['so is our own Update', [`${OURS} Update b`, `${OURS} Apply a`], [`${OURS} Apply a,b`]],
  [
    'and before-first-apply',
    [`${OURS} Apply a`, 'before-first-apply Update b'],
    [`${OURS} Apply a,b`],
  ],
  [
    'all at once, and others stay where they are',
    [
      `${KUBECTL} Update a`,
      'x Update y',
      `${OURS} Update b`,
      'before-first-apply Update c',
      'z Apply z',
    ],
    [`${OURS} Apply a,b,c`, 'x Update y', 'z Apply z'],
  ],
  [
    'another apiVersion is dropped',
    [`${KUBECTL} Update b v1beta1`, `${OURS} Apply a`],
    [`${OURS} Apply a`],
  ],
] as const)('%s', ([, before, after]) => {
  const patch = ownershipPatch(live(before), OURS)
  expect(patch).toEqual(
    after && [
      { op: 'replace', path: '/metadata/managedFields', value: after.map(entryOf) },
      { op: 'replace', path: '/metadata/resourceVersion', value: '7' },
    ],
  )
})

test.for([
  [{ 'f:a': {} }, { 'f:b': {} }, { 'f:a': {}, 'f:b': {} }],
  [{ 'f:a': {} }, { 'f:a': {} }, { 'f:a': {} }],
  [{ 'f:a': {} }, { 'f:a': { 'f:x': {} } }, { 'f:a': { '.': {}, 'f:x': {} } }],
  [{ 'f:a': { '.': {}, 'f:x': {} } }, { 'f:a': {} }, { 'f:a': { '.': {}, 'f:x': {} } }],
  [{ 'f:a': { 'f:x': {} } }, { 'f:a': { 'f:y': {} } }, { 'f:a': { 'f:x': {}, 'f:y': {} } }],
] as const)('%o and %o are %o', ([a, b, expected]) => {
  expect(uniteFields(a, b)).toEqual(expected)
})

test('property: a union does not depend on the order, and holds both sides', () => {
  const name = fc.constantFrom('f:a', 'f:b', 'k:{"n":1}')
  const leaf = fc.constant({})
  const branch = fc.dictionary(name, fc.oneof(leaf, fc.dictionary(name, leaf)))
  const fields = fc.dictionary(name, branch)
  fc.assert(
    fc.property(fields, fields, (a, b) => {
      const union = uniteFields({ ...a }, { ...b })
      expect(union).toEqual(uniteFields({ ...b }, { ...a }))
      expect(uniteFields(union, { ...a })).toEqual(union)
    }),
  )
})
