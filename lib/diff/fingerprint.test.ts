import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ManagedFieldsEntry, Manifest, ObjectMeta } from '../manifest/manifest.ts'
import { fingerprintOf, isUnmoved, liveRecordOf } from './fingerprint.ts'

const OURS = 'argocd-controller'
const entry = (manager: string, operation: string, ...fields: string[]): ManagedFieldsEntry => ({
  manager,
  operation,
  apiVersion: 'apps/v1',
  time: '2026-01-01T00:00:00Z',
  fieldsV1: { 'f:spec': Object.fromEntries(fields.map((field) => [`f:${field}`, {}])) },
})
const live = (meta: Partial<ObjectMeta>): Manifest => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', uid: 'u1', resourceVersion: '5', generation: 2, ...meta },
})

const BASE = live({ managedFields: [entry(OURS, 'Apply', 'a', 'b')] })

test.for([
  ['status of others', [entry(OURS, 'Apply', 'a', 'b'), entry('kubelet', 'Update', 'x')], true],
  ['the order of our fields', [entry(OURS, 'Apply', 'b', 'a')], true],
  ['the time of our entry', [{ ...entry(OURS, 'Apply', 'a', 'b'), time: 'later' }], true],
  ['our Update entry', [entry(OURS, 'Apply', 'a', 'b'), entry(OURS, 'Update', 'x')], true],
  [
    'our entry of a subresource',
    [entry(OURS, 'Apply', 'a', 'b'), { ...entry(OURS, 'Apply', 'x'), subresource: 'status' }],
    true,
  ],
  ['a field that we lost', [entry(OURS, 'Apply', 'a')], false],
  ['a field that we gained', [entry(OURS, 'Apply', 'a', 'b', 'c')], false],
  ['managed fields that were cleared', [], false],
] as const)('%s: the fingerprint is the same: %o', ([, managedFields, expected]) => {
  const same = fingerprintOf(live({ managedFields }), OURS) === fingerprintOf(BASE, OURS)
  expect(same).toBe(expected)
})

test('who owns nothing has no fingerprint', () => {
  expect([fingerprintOf(live({}), OURS), fingerprintOf(BASE, 'other')]).toEqual(['', ''])
})

test('property: the fingerprint does not depend on the order of keys', () => {
  const reversed = (value: unknown): unknown =>
    typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .toReversed()
            .map(([key, item]) => [key, reversed(item)]),
        )
      : value
  const fields = fc.dictionary(
    fc.string({ minLength: 1 }).map((name) => `f:${name}`),
    fc.dictionary(
      fc.string({ minLength: 1 }).map((name) => `f:${name}`),
      fc.constant({}),
    ),
  )
  fc.assert(
    fc.property(fields, (fieldsV1) => {
      const of = (all: object): string =>
        fingerprintOf(
          live({ managedFields: [{ manager: OURS, operation: 'Apply', fieldsV1: { ...all } }] }),
          OURS,
        )
      expect(of(reversed(fieldsV1) as object)).toBe(of(fieldsV1))
    }),
  )
})

test('a record holds what tells whether an object moved', () => {
  expect(liveRecordOf(BASE, OURS, { targetDigest: 'd', now: 7 })).toEqual({
    uid: 'u1',
    resourceVersion: '5',
    generation: 2,
    fingerprint: fingerprintOf(BASE, OURS),
    targetDigest: 'd',
    verifiedAt: 7,
  })
  const { generation: _, ...meta } = BASE.metadata
  expect(liveRecordOf({ ...BASE, metadata: meta }, OURS, { now: 7 })).toEqual({
    uid: 'u1',
    resourceVersion: '5',
    fingerprint: fingerprintOf(BASE, OURS),
    verifiedAt: 7,
  })
})

const NOT_OURS = [entry('kubectl', 'Update', 'a')]

test.for([
  ['not written', {}, {}, true],
  ['not written, and not ours', { managedFields: [] }, { managedFields: [] }, true],
  ['status was written', {}, { resourceVersion: '6' }, true],
  ['spec was written', {}, { resourceVersion: '6', generation: 3 }, false],
  ['our fields moved', {}, { resourceVersion: '6', managedFields: NOT_OURS }, false],
  [
    'we own nothing',
    { managedFields: NOT_OURS },
    { managedFields: NOT_OURS, resourceVersion: '6' },
    false,
  ],
  ['another object of that name', {}, { uid: 'u2' }, false],
] as const)('%s', ([, before, after, expected]) => {
  const record = liveRecordOf(live({ ...BASE.metadata, ...before }), OURS, { now: 0 })
  expect(isUnmoved(record, live({ ...BASE.metadata, ...after }), OURS)).toBe(expected)
})

test('a kind without generation moves with every write', () => {
  const { generation: _, ...meta } = BASE.metadata
  const settings = { ...BASE, kind: 'ConfigMap', metadata: meta }
  const record = liveRecordOf(settings, OURS, { now: 0 })
  const written = { ...settings, metadata: { ...meta, resourceVersion: '6' } }
  expect([isUnmoved(record, settings, OURS), isUnmoved(record, written, OURS)]).toEqual([
    true,
    false,
  ])
})
