import { expect, test } from 'vitest'
import type { InventoryEntry } from '../state/documents.ts'
import { LATE_WRITE_MS } from '../state/rounds.ts'
import { CONFIRM_WAIT_MS, inventoryAfterLook, inventoryDue, inventoryWith } from './inventory.ts'

const NOW = 1_700_000_000_000
const SERVER = 'https://kubernetes.default.svc'
const AT = { server: SERVER, now: NOW }
const keyOf = (name: string) => ({ group: '', kind: 'ConfigMap', namespace: 'default', name })

/** `web gone:-10` is two entries; the second was found gone ten milliseconds ago. */
const entries = (text: string): readonly InventoryEntry[] =>
  text
    .split(' ')
    .filter(Boolean)
    .map((word) => {
      const [name = '', age] = word.split(':')
      const entry = { key: keyOf(name), version: 'v1', server: SERVER }
      return age === undefined ? entry : { ...entry, goneSince: NOW + Number(age) }
    })
const seen = (text: string) => entries(text).map(({ key }) => ({ key }))

test.for([
  ['web db', 'web db', 'web db'],
  ['web db', 'web', 'web db:0'],
  ['web db:-5', 'web', 'web db:-5'],
  ['web db:-5', 'web db', 'web db'],
  [`db:${1 - LATE_WRITE_MS}`, '', `db:${1 - LATE_WRITE_MS}`],
  [`db:${-LATE_WRITE_MS}`, '', ''],
  ['', 'web', ''],
] as const)('inventory [%s] after a look that found [%s]: [%s]', ([before, found, after]) => {
  expect(inventoryAfterLook(entries(before), seen(found), AT)).toEqual(entries(after))
})

test.for([
  ['web', 'web', undefined],
  ['web db', 'web', NOW + CONFIRM_WAIT_MS],
  ['web db:-5', 'web', NOW - 5 + LATE_WRITE_MS],
  ['a:-5 b:-9 c', 'c', NOW - 9 + LATE_WRITE_MS],
] as const)('inventory [%s] of which [%s] is there is due at %s', ([inventory, there, due]) => {
  expect(inventoryDue(entries(inventory), seen(there), AT)).toBe(due)
})

test('what is about to be applied is named, and not as gone; a prune adds nothing', () => {
  const target = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'db' } }
  const task = (name: string) =>
    ({ key: keyOf(name), version: 'v1', phase: 'Sync', wave: 0 }) as const
  const tasks = [{ ...task('db'), target }, { ...task('new'), target }, task('old')]
  expect(inventoryWith(entries('web db:-5'), tasks, SERVER)).toEqual(entries('web db new'))
})

test('entries of another cluster are neither looked at nor forgotten', () => {
  const elsewhere = entries('web').map((entry) => ({ ...entry, server: 'https://other' }))
  expect(inventoryAfterLook(elsewhere, [], AT)).toEqual(elsewhere)
  expect(inventoryDue(elsewhere, [], AT)).toBeUndefined()
})
