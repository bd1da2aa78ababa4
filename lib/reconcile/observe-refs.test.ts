import { expect, test } from 'vitest'
import type { RepositoryRecord } from '../state/records.ts'
import { judgeRefs } from './observe-refs.ts'

const HEAD = 'HEAD'
const known = (overrides: Partial<RepositoryRecord> = {}): RepositoryRecord => ({
  tenant: 'acme',
  url: 'https://git.example.com/mono',
  check: 2,
  refsCheck: 1,
  refs: { HEAD: 'b' },
  announced: { HEAD: 'b' },
  left: { HEAD: ['a'] },
  suspected: {},
  ...overrides,
})

// What the repository answers for HEAD, given that b was known and a was left: '' is no such ref.
test.for<[string, Partial<RepositoryRecord>, string, 'older' | '', object | undefined]>([
  ['nothing moved', {}, 'b', '', undefined],
  ['it moved on', {}, 'c', '', { refs: 'c', left: ['b', 'a'] }],
  ['it goes back to a commit it left', {}, 'a', '', { refs: 'b', left: ['a'], suspected: 'a' }],
  ['and does so again', { suspected: { HEAD: 'a' } }, 'a', '', { refs: 'a', left: ['b'] }],
  ['it goes to an older commit', {}, 'x', 'older', { refs: 'b', left: ['a'], suspected: 'x' }],
  ['and so again', { suspected: { HEAD: 'x' } }, 'x', 'older', { refs: 'x', left: ['b', 'a'] }],
  ['the doubt was wrong', { suspected: { HEAD: 'a' } }, 'b', '', { refs: 'b', left: ['a'] }],
  ['it is gone', {}, '', '', { refs: '', left: ['b', 'a'] }],
  ['an error has passed', { error: 'down' }, 'b', '', { refs: 'b', left: ['a'] }],
  [
    'asked for the first time',
    { refs: {}, announced: {}, left: {} },
    'c',
    '',
    { refs: 'c', announced: 'c' },
  ],
])('%s', ([, before, commit, age, expected]) => {
  const seen = judgeRefs(known(before), {
    names: [HEAD],
    listed: commit === '' ? [] : [{ name: HEAD, commit }],
    backwards: new Set(age === 'older' ? [HEAD] : []),
  })
  const shown =
    seen === undefined
      ? undefined
      : Object.fromEntries(
          Object.entries(seen)
            .map(([name, values]) => [name, values[HEAD]])
            .filter(
              ([name, value]) => value !== undefined && (name !== 'announced' || value !== 'b'),
            ),
        )
  expect(shown).toEqual(expected)
})
