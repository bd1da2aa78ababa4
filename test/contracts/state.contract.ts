import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { faultOf } from '../../lib/fault/fault.ts'
import type { Condition, Item, ItemChange, ItemKey, State } from '../../lib/state/port.ts'
import {
  PARTITION_KEY_BYTES_MAX,
  SORT_KEY_BYTES_MAX,
  TENANT_LENGTH_MAX,
} from '../../lib/state/table-key.ts'
import { PAGE_BYTES_MAX, STORED_ITEM_BYTES_MAX } from '../../lib/state/table-rules.ts'

/** An adapter over an empty table, and a count of the requests that it sent. */
export interface StateSubject {
  readonly state: State
  requests(): number
  close(): Promise<void>
}

/** Mini-language: `a=1 b=x c=true` are attributes of an item. */
function attributes(text: string): Readonly<Record<string, string | number | boolean>> {
  const pairs = text.split(' ').filter((pair) => pair !== '')
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name = '', value = ''] = pair.split('=')
      if (value === 'true' || value === 'false') return [name, value === 'true']
      return [name, /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value]
    }),
  )
}

const codeOf = async (call: Promise<unknown>) =>
  call.then(
    () => 'no fault',
    (error: unknown) => faultOf(error).code,
  )

/** The laws of `lib/state/port.ts`, over any adapter. Tests share a table but no partition. */
export function stateContract(adapter: string, create: () => Promise<StateSubject>): void {
  describe(`state over ${adapter}`, () => {
    let subject: StateSubject
    let state: State
    let partitions = 0
    beforeAll(async () => {
      subject = await create()
      ;({ state } = subject)
    })
    afterAll(() => subject.close())

    const freshPartition = () => `partition ${partitions++}`
    const freshKey = (): ItemKey => ({ pk: freshPartition(), sk: 'item' })
    const cost = async (call: () => Promise<unknown>) => {
      const before = subject.requests()
      await call()
      return subject.requests() - before
    }
    const all = async (tenant: string, pk: string, page: { readonly limit?: number } = {}) => {
      const items: Item[] = []
      let cursor: string | undefined
      do {
        const found = await state.query(tenant, { pk, ...page, ...(cursor && { cursor }) })
        items.push(...found.items)
        cursor = found.cursor
      } while (cursor !== undefined)
      return items
    }

    test('an item comes back with every attribute as it was', async () => {
      const item = { ...freshKey(), ...attributes('text=x zero=0 big=9007199254740991'), empty: '' }
      const written = { ...item, minus: -1.5, yes: true, no: false, odd: '#:"\u0000 ü 😀\n' }
      expect(await state.put('acme', written)).toBe(true)
      expect(await state.get('acme', written)).toEqual(written)
      expect(await state.put('acme', item)).toBe(true)
      expect(await state.get('acme', written)).toEqual(item)
      expect(await state.get('acme', freshKey())).toBe(undefined)
    })

    test.for<[string, Condition, boolean, boolean]>([
      // condition, holds for `n=5 m=5 text=x flag=true`, holds where nothing is
      ['exists', { attribute: 'n', exists: true }, true, false],
      ['exists not', { attribute: 'n', exists: false }, false, true],
      ['other exists', { attribute: 'other', exists: true }, false, false],
      ['equals', { attribute: 'n', equals: 5 }, true, false],
      ['equals text', { attribute: 'text', equals: 'x' }, true, false],
      ['equals flag', { attribute: 'flag', equals: true }, true, false],
      ['equals other', { attribute: 'n', equals: 6 }, false, false],
      ['equals of another type', { attribute: 'n', equals: '5' }, false, false],
      ['below', { attribute: 'n', below: 6 }, true, false],
      ['not below itself', { attribute: 'n', below: 5 }, false, false],
      ['text is not below', { attribute: 'text', below: 6 }, false, false],
      ['same attributes', { attribute: 'n', equalsAttribute: 'm' }, true, false],
      ['different attributes', { attribute: 'n', equalsAttribute: 'text' }, false, false],
      ['both absent', { attribute: 'gone', equalsAttribute: 'away' }, false, false],
      ['one absent', { attribute: 'n', equalsAttribute: 'away' }, false, false],
      ['all of none', { all: [] }, true, true],
      ['any of none', { any: [] }, false, false],
      [
        'all',
        {
          all: [
            { attribute: 'n', equals: 5 },
            { attribute: 'gone', exists: false },
          ],
        },
        true,
        false,
      ],
      [
        'nested',
        { any: [{ all: [{ attribute: 'n', equals: 6 }] }, { attribute: 'm', exists: false }] },
        false,
        true,
      ],
    ])('condition: %s', async ([, condition, onItem, onNothing]) => {
      for (const [start, expected] of [
        ['n=5 m=5 text=x flag=true', onItem],
        ['', onNothing],
      ] as const) {
        const key = freshKey()
        if (start !== '') await state.put('acme', { ...key, ...attributes(start) })
        const before = await state.get('acme', key)
        const next = { ...key, ...attributes('n=9') }
        expect(await state.put('acme', next, condition)).toBe(expected)
        expect(await state.get('acme', key)).toEqual(expected ? next : before)

        if (before === undefined) await state.delete('acme', key)
        else await state.put('acme', before)
        const updated = await state.update('acme', key, { add: { n: 1 }, condition })
        expect(updated !== undefined).toBe(expected)
        if (!expected) expect(await state.get('acme', key)).toEqual(before)

        if (before === undefined) await state.delete('acme', key)
        else await state.put('acme', before)
        expect(await state.delete('acme', key, condition)).toBe(expected)
        expect(await state.get('acme', key)).toEqual(expected ? undefined : before)
      }
    })

    test.for<[string, string, ItemChange, string]>([
      ['set creates the item', '', { set: { a: 1 } }, 'a=1'],
      ['set leaves the rest alone', 'a=1 b=x', { set: { a: 2 } }, 'a=2 b=x'],
      ['undefined is left as it is', 'a=1', { set: { a: undefined, b: 2 } }, 'a=1 b=2'],
      ['a change of nothing creates the key', '', {}, ''],
      ['add counts from 0', '', { add: { n: 3 } }, 'n=3'],
      ['add adds', 'n=3', { add: { n: -1 } }, 'n=2'],
      ['remove of what is not there', 'a=1', { remove: ['b', 'c'] }, 'a=1'],
      [
        'all at once, with names that DynamoDB reserves',
        'status=x size=1 name=y',
        { set: { status: 'z' }, add: { size: 1 }, remove: ['name'] },
        'status=z size=2',
      ],
    ])('update: %s', async ([, before, change, after]) => {
      const key = freshKey()
      if (before !== '') await state.put('acme', { ...key, ...attributes(before) })
      const expected = { ...key, ...attributes(after) }
      expect(await state.update('acme', key, change)).toEqual(expected)
      expect(await state.get('acme', key)).toEqual(expected)
    })

    test('of racing writers whose conditions exclude each other one wins', async () => {
      const key = freshKey()
      const racers = Array.from({ length: 12 }, (_, index) => index)
      const created = await Promise.all(
        racers.map((racer) =>
          state.put('acme', { ...key, racer }, { attribute: 'racer', exists: false }),
        ),
      )
      expect(created.filter(Boolean)).toHaveLength(1)
      const fenced = await Promise.all(
        racers.map((racer) =>
          state.update('acme', key, {
            set: { winner: racer },
            add: { round: 1 },
            condition: { attribute: 'round', exists: false },
          }),
        ),
      )
      const winners = fenced.flatMap((item, racer) => (item === undefined ? [] : [racer]))
      expect(winners).toHaveLength(1)
      expect(await state.get('acme', key)).toMatchObject({ winner: winners[0], round: 1 })
      const removed = await Promise.all(
        racers.map(() => state.delete('acme', key, { attribute: 'round', equals: 1 })),
      )
      expect(removed.filter(Boolean)).toHaveLength(1)
    })

    test('no addition of many at once is lost', async () => {
      const key = freshKey()
      await Promise.all(
        Array.from({ length: 20 }, () => state.update('acme', key, { add: { n: 1 } })),
      )
      expect(await state.get('acme', key)).toEqual({ ...key, n: 20 })
    })

    test('a partition is read in the order of bytes, in pages, both ways, by prefix', async () => {
      const pk = freshPartition()
      const sks = ['', '!', '\n', 'B', 'a', 'a\n', 'aa', 'é', '\uffee', '😀'].map((sk) => `k${sk}`)
      await state.writeMany(
        'acme',
        [...sks, 'other'].map((sk) => ({ put: { pk, sk } })),
      )
      const inOrder = sks.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      const read = async (query: object) =>
        (await state.query('acme', { pk, ...query })).items.map(({ sk }) => sk)

      expect(await read({})).toEqual([...inOrder, 'other'])
      expect(await read({ skPrefix: '' })).toEqual([...inOrder, 'other'])
      expect(await read({ skPrefix: 'k' })).toEqual(inOrder)
      expect(await read({ skPrefix: 'ka', descending: true })).toEqual(['kaa', 'ka\n', 'ka'])
      expect(await read({ skPrefix: 'none' })).toEqual([])
      expect(await read({ limit: 2, descending: true })).toEqual(['other', 'k😀'])
      expect((await all('acme', pk, { limit: 3 })).map(({ sk }) => sk)).toEqual([
        ...inOrder,
        'other',
      ])
      // DynamoDB does not look beyond the limit.
      const exact = await state.query('acme', { pk, limit: sks.length + 1 })
      expect(exact.cursor).toBe('other')
      expect(await state.query('acme', { pk, cursor: 'other' })).toEqual({ items: [] })
      const whole = await state.query('acme', { pk, limit: sks.length + 2 })
      expect(whole.cursor).toBe(undefined)
    })

    test('a page ends at a megabyte, and the next goes on there', async () => {
      const pk = freshPartition()
      const body = 'x'.repeat(PAGE_BYTES_MAX / 4)
      for (const sk of 'abcdef') await state.put('acme', { pk, sk, body })
      const first = await state.query('acme', { pk })
      expect(first.items.length).toBeLessThan(6)
      expect(first.cursor).toBe(first.items.at(-1)?.sk)
      expect((await all('acme', pk)).map(({ sk }) => sk).join('')).toBe('abcdef')
    })

    test('getMany answers what is there, each once', async () => {
      const pk = freshPartition()
      const keys = Array.from({ length: 130 }, (_, index) => ({ pk, sk: `item ${index}` }))
      await state.writeMany(
        'acme',
        keys.slice(0, 120).map((key) => ({ put: { ...key, n: 1 } })),
      )
      const found = await state.getMany('acme', [...keys, ...keys.slice(0, 5)])
      expect(found.map(({ sk }) => sk).toSorted()).toEqual(
        keys
          .slice(0, 120)
          .map(({ sk }) => sk)
          .toSorted(),
      )
    })

    test('writeMany puts and deletes; of two writes to one key the later counts', async () => {
      const pk = freshPartition()
      await state.writeMany('acme', [{ put: { pk, sk: 'a', n: 1 } }, { put: { pk, sk: 'b' } }])
      await state.writeMany('acme', [
        { delete: { pk, sk: 'a' } },
        { put: { pk, sk: 'b', n: 1 } },
        { put: { pk, sk: 'b', n: 2 } },
        { put: { pk, sk: 'c' } },
        { delete: { pk, sk: 'c' } },
        { delete: { pk, sk: 'never there' } },
      ])
      expect(await all('acme', pk)).toEqual([{ pk, sk: 'b', n: 2 }])
    })

    test('what each call costs in requests', async () => {
      const key = freshKey()
      const keys = Array.from({ length: 101 }, (_, index) => ({ pk: key.pk, sk: `${index}` }))
      const puts = keys.map((put) => ({ put }))
      const refused: Condition = { attribute: 'a', exists: true }
      const costs = {
        get: await cost(() => state.get('acme', key)),
        put: await cost(() => state.put('acme', { ...key })),
        'refused put': await cost(() => state.put('acme', { ...key }, refused)),
        update: await cost(() => state.update('acme', key, { add: { n: 1 } })),
        'refused update': await cost(() => state.update('acme', key, { condition: refused })),
        delete: await cost(() => state.delete('acme', key)),
        'write 0': await cost(() => state.writeMany('acme', [])),
        'write 25': await cost(() => state.writeMany('acme', puts.slice(0, 25))),
        'write 26': await cost(() => state.writeMany('acme', puts.slice(0, 26))),
        'write 101': await cost(() => state.writeMany('acme', puts)),
        query: await cost(() => state.query('acme', { pk: key.pk })),
        'get 0': await cost(() => state.getMany('acme', [])),
        'get 100': await cost(() => state.getMany('acme', keys.slice(0, 100))),
        'get 101': await cost(() => state.getMany('acme', keys)),
        dueNow: await cost(() => state.dueNow(0, 0, 10)),
      }
      expect(costs).toEqual({
        get: 1,
        put: 1,
        'refused put': 1,
        update: 1,
        'refused update': 1,
        delete: 1,
        'write 0': 0,
        'write 25': 1,
        'write 26': 2,
        'write 101': 5,
        query: 1,
        'get 0': 0,
        'get 100': 1,
        'get 101': 2,
        dueNow: 1,
      })
    })

    test('dueNow finds what is due in a shard across tenants, oldest first', async () => {
      const pk = freshPartition()
      const shard = 71
      const wait = (tenant: string, sk: string, due: number, dueShard = String(shard)) =>
        state.put(tenant, { pk, sk, due, dueShard, other: 'x' })
      await wait('acme', 'third', 300)
      await wait('other', 'first', 100)
      await wait('acme', 'second', 200)
      await wait('acme', 'later', 301)
      await wait('acme', 'elsewhere', 100, '72')
      await wait('acme', 'done', 100)
      await state.update('acme', { pk, sk: 'done' }, { remove: ['due', 'dueShard'] })
      await state.put('acme', { pk, sk: 'no shard', due: 100 })
      const entry = (tenant: string, sk: string, due: number) => ({ tenant, key: { pk, sk }, due })
      expect(await state.dueNow(shard, 300, 10)).toEqual([
        entry('other', 'first', 100),
        entry('acme', 'second', 200),
        entry('acme', 'third', 300),
      ])
      expect(await state.dueNow(shard, 300, 2)).toHaveLength(2)
      expect(await state.dueNow(shard, 99, 10)).toEqual([])
      await state.update('acme', { pk, sk: 'second' }, { set: { due: 50 } })
      expect((await state.dueNow(shard, 99, 10)).map(({ key }) => key.sk)).toEqual(['second'])
    })

    test.for<[string, ItemKey, string, ItemKey]>([
      ['the same key', { pk: 'p', sk: 's' }, 'rival', { pk: 'p', sk: 's' }],
      ['a name that begins alike', { pk: '#p', sk: 's' }, 'acme2', { pk: 'p', sk: 's' }],
      [
        'a partition that names another tenant',
        { pk: 'T#rival#p', sk: 's' },
        'rival',
        { pk: 'p', sk: 's' },
      ],
      ['a partition that begins with #', { pk: 'p', sk: 's' }, 'rival', { pk: '#acme#p', sk: 's' }],
      ['case', { pk: 'p', sk: 's' }, 'ACME', { pk: 'p', sk: 's' }],
      ['composed and decomposed', { pk: '\u00e9', sk: 's' }, 'acme', { pk: 'e\u0301', sk: 's' }],
    ])('no tenant sees what is another’s: %s', async ([, key, other, otherKey]) => {
      await state.put('acme', { ...key, owner: 'acme' })
      const seen = [
        await state.get(other, otherKey),
        ...(await state.getMany(other, [otherKey])),
        ...(await state.query(other, { pk: otherKey.pk })).items,
        await state.update(other, otherKey, { condition: { attribute: 'owner', exists: true } }),
      ]
      expect(seen.filter((item) => item?.['owner'] === 'acme')).toEqual([])
      await state.put(other, { ...otherKey, owner: 'other' })
      await state.writeMany(other, [{ delete: otherKey }])
      await state.delete(other, otherKey)
      expect(await state.get('acme', key)).toEqual({ ...key, owner: 'acme' })
      await state.delete('acme', key)
    })

    test('a cursor does not lead out of its tenant', async () => {
      const pk = freshPartition()
      await state.put('rival', { pk, sk: 'b' })
      const page = await state.query('acme', { pk, cursor: 'a' })
      expect(page).toEqual({ items: [] })
    })

    test('a cursor of another query is refused', async () => {
      const query = { pk: freshPartition(), skPrefix: 'b', cursor: 'a' }
      expect(await codeOf(state.query('acme', query))).toBe('InvalidArgument')
    })

    test.for<[string, string, ItemKey]>([
      ['a tenant with #', 'acme#p', { pk: 'p', sk: 's' }],
      ['no tenant', '', { pk: 'p', sk: 's' }],
      ['a tenant that is too long', 'x'.repeat(TENANT_LENGTH_MAX + 1), { pk: 'p', sk: 's' }],
      ['half a character as tenant', '\ud800', { pk: 'p', sk: 's' }],
      ['half a character in pk', 'acme', { pk: 'p\udc00', sk: 's' }],
      ['half a character in sk', 'acme', { pk: 'p', sk: '\ud800' }],
      ['no pk', 'acme', { pk: '', sk: 's' }],
      ['no sk', 'acme', { pk: 'p', sk: '' }],
      ['a pk that is too long', 'acme', { pk: 'p'.repeat(PARTITION_KEY_BYTES_MAX), sk: 's' }],
      ['an sk that is too long', 'acme', { pk: 'p', sk: `x${'é'.repeat(SORT_KEY_BYTES_MAX / 2)}` }],
    ])('%s is refused before anything is sent', async ([, tenant, key]) => {
      let codes: string[] = []
      const sent = await cost(async () => {
        codes = await Promise.all([
          codeOf(state.get(tenant, key)),
          codeOf(state.put(tenant, { ...key })),
          codeOf(state.update(tenant, key, {})),
          codeOf(state.delete(tenant, key)),
          codeOf(state.getMany(tenant, [key])),
          codeOf(state.writeMany(tenant, [{ put: { ...key } }])),
          codeOf(state.writeMany(tenant, [{ delete: key }])),
          codeOf(state.query(tenant, { pk: key.pk, cursor: key.sk })),
        ])
      })
      expect([...new Set(codes)]).toEqual(['InvalidArgument'])
      expect(sent).toBe(0)
    })

    test('the longest keys are taken', async () => {
      const pk = 'p'.repeat(PARTITION_KEY_BYTES_MAX - 'T#acme#'.length)
      const item = { pk, sk: 'é'.repeat(SORT_KEY_BYTES_MAX / 2), n: 1 }
      await state.put('acme', item)
      expect(await state.get('acme', item)).toEqual(item)
    })

    test('an item above 400 KB is LimitExceeded, by put, batch and update', async () => {
      const key = freshKey()
      const body = 'x'.repeat(STORED_ITEM_BYTES_MAX)
      expect([
        await codeOf(state.put('acme', { ...key, body })),
        await codeOf(state.update('acme', key, { set: { body } })),
        await codeOf(state.writeMany('acme', [{ put: { ...key, body } }])),
        await state.get('acme', key),
      ]).toEqual(['LimitExceeded', 'LimitExceeded', 'LimitExceeded', undefined])
    })

    test.for<[string, ItemChange]>([
      ['an attribute changed twice', { set: { a: 1 }, add: { a: 1 } }],
      ['a changed key', { set: { sk: 'other' } }],
      ['no number', { set: { a: Number.NaN } }],
      ['an infinite sum', { add: { a: Number.POSITIVE_INFINITY } }],
      ['a due time that is text', { set: { due: 'soon' } }],
      ['a shard that is a number', { set: { dueShard: 1 } }],
      ['adding to a text', { add: { text: 1 } }],
    ])('a slip of a store is Internal and changes nothing: %s', async ([, change]) => {
      const key = freshKey()
      const item = { ...key, text: 'x' }
      await state.put('acme', item)
      expect(await codeOf(state.update('acme', key, change))).toBe('Internal')
      expect(await state.get('acme', key)).toEqual(item)
    })

    test('a page of nothing is a slip too', async () => {
      expect([
        await codeOf(state.query('acme', { pk: 'p', limit: 0 })),
        await codeOf(state.dueNow(0, 0, 0)),
      ]).toEqual(['Internal', 'Internal'])
    })
  })
}
