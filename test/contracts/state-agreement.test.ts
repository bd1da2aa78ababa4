import { CreateTableCommand } from '@aws-sdk/client-dynamodb'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { faultOf } from '../../lib/fault/fault.ts'
import { createDynamoState } from '../../lib/state/dynamo-state.ts'
import { tableDefinition } from '../../lib/state/dynamo-table.ts'
import { createMemoryState } from '../../lib/state/memory-state.ts'
import type { Condition, DueEntry, Item, ItemChange, State } from '../../lib/state/port.ts'
import { type LocalDynamo, startDynamo } from '../../local/dynamo.ts'

/**
 * What the simulation finds out on memory must hold on DynamoDB: both answer the same to any
 * sequence of operations over a few tenants, keys and attributes.
 */

let dynamo: LocalDynamo
let runs = 0
beforeAll(async () => {
  dynamo = await startDynamo()
  await dynamo.client.send(new CreateTableCommand(tableDefinition('argosy')))
})
afterAll(() => dynamo.stop())

type Operation = (state: State, run: string) => Promise<unknown>

const tenant = fc.constantFrom('acme', 'acme2')
const sk = fc.constantFrom('a', 'aa', 'b', '😀', '\uffee')
const attribute = fc.constantFrom('n', 'm', 'text', 'status')
const number = fc.integer({ min: -2, max: 2 })
const scalar = fc.oneof(number, fc.constantFrom('', 'x', '1'), fc.boolean())
const attributes = fc.dictionary(attribute, scalar, { maxKeys: 3 })
const waiting = fc.record(
  { due: fc.integer({ min: 0, max: 5 }), dueShard: fc.constantFrom('0', '1') },
  { requiredKeys: [] },
)

const { condition } = fc.letrec<{ condition: Condition; simple: Condition }>((tie) => ({
  simple: fc.oneof(
    fc.record({ attribute, exists: fc.boolean() }),
    fc.record({ attribute, equals: scalar }),
    fc.record({ attribute, below: number }),
    fc.record({ attribute, equalsAttribute: attribute }).filter(
      // DynamoDB refuses to compare an attribute with itself.
      (given) => given.attribute !== given.equalsAttribute,
    ),
  ),
  condition: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    tie('simple'),
    fc.record({ all: fc.array(tie('condition'), { maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('condition'), { maxLength: 3 }) }),
  ),
}))
const maybe = fc.option(condition, { nil: undefined })

const change: fc.Arbitrary<ItemChange> = fc
  .record({
    set: fc.record(
      { text: scalar, status: scalar, gone: fc.constant(undefined) },
      { requiredKeys: [] },
    ),
    due: waiting,
    add: fc.record({ n: number, m: number }, { requiredKeys: [] }),
    remove: fc.subarray(['other', 'more']),
    condition: maybe,
  })
  .map(({ set, due, add, remove, condition: given }) => ({
    set: { ...set, ...due },
    add,
    remove,
    ...(given !== undefined && { condition: given }),
  }))

const bySk = (items: readonly Item[]): readonly Item[] =>
  items.toSorted((a, b) => (a.sk < b.sk ? -1 : 1))
const dueOf = (entries: readonly DueEntry[], run: string): unknown =>
  entries
    .filter(({ key }) => key.pk === run)
    .map((entry) => JSON.stringify(entry))
    .toSorted()

const named = <T>(
  arbitrary: fc.Arbitrary<T>,
  run: (given: T) => Operation,
): fc.Arbitrary<Operation> =>
  arbitrary.map((given) =>
    Object.assign(run(given), { toString: () => `${run.name} ${JSON.stringify(given)}` }),
  )

const operation: fc.Arbitrary<Operation> = fc.oneof(
  named(fc.record({ tenant, sk }), (o) => (s, pk) => s.get(o.tenant, { pk, sk: o.sk })),
  named(
    fc.record({ tenant, sk, attributes, waiting, condition: maybe }),
    (o) => (s, pk) => s.put(o.tenant, { ...o.attributes, ...o.waiting, pk, sk: o.sk }, o.condition),
  ),
  named(
    fc.record({ tenant, sk, change }),
    (o) => (s, pk) => s.update(o.tenant, { pk, sk: o.sk }, o.change),
  ),
  named(
    fc.record({ tenant, sk, condition: maybe }),
    (o) => (s, pk) => s.delete(o.tenant, { pk, sk: o.sk }, o.condition),
  ),
  named(
    fc.record({ tenant, sks: fc.array(sk) }),
    (o) => async (s, pk) =>
      bySk(
        await s.getMany(
          o.tenant,
          o.sks.map((each) => ({ pk, sk: each })),
        ),
      ),
  ),
  named(
    fc.record({
      tenant,
      writes: fc.array(fc.tuple(sk, attributes, fc.boolean()), { maxLength: 5 }),
    }),
    (o) => (s, pk) =>
      s.writeMany(
        o.tenant,
        o.writes.map(([each, values, isPut]) =>
          isPut ? { put: { ...values, pk, sk: each } } : { delete: { pk, sk: each } },
        ),
      ),
  ),
  named(
    fc.record({
      tenant,
      query: fc.record(
        {
          skPrefix: fc.constantFrom('', 'a', 'b', 'c'),
          limit: fc.integer({ min: 1, max: 4 }),
          descending: fc.boolean(),
          cursor: sk,
        },
        { requiredKeys: [] },
      ),
    }),
    (o) => (s, pk) => s.query(o.tenant, { pk, ...o.query }),
  ),
  named(
    fc.record({ shard: fc.constantFrom(0, 1), now: fc.integer({ min: 0, max: 5 }) }),
    (o) => async (s, pk) => dueOf(await s.dueNow(o.shard, o.now, 1_000), pk),
  ),
)

const answerOf = (call: Promise<unknown>) =>
  call.catch((error: unknown) => `fault ${faultOf(error).code}`)

test('memory and DynamoDB answer alike', { timeout: 30_000 }, async () => {
  const onDynamo = createDynamoState(dynamo.client, 'argosy')
  const onMemory = createMemoryState()
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 5, maxLength: 25 }), async (operations) => {
      const run = `run ${runs++}`
      for (const [index, ask] of operations.entries()) {
        const [expected, seen] = await Promise.all([
          answerOf(ask(onMemory, run)),
          answerOf(ask(onDynamo, run)),
        ])
        expect({ index, answer: seen }).toEqual({ index, answer: expected })
      }
    }),
    { numRuns: 25 },
  )
})
