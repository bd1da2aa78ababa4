import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildTree, putInto } from './build-tree.ts'
import {
  encodeTree,
  ObjectError,
  objectId,
  parseCommit,
  parseTag,
  parseTree,
  type GitObject,
  type TreeEntry,
} from './objects.ts'

const raw = (mode: string, name: string) =>
  Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.alloc(20, 0xab)])

test('ids are those that git gives', () => {
  expect(objectId({ type: 'blob', data: Buffer.from('hello\n') })).toBe(
    'ce013625030ba8dba906f756967f9e9ca394464a',
  )
  expect(objectId(encodeTree([]))).toBe('4b825dc642cb6eb9a060e54bf8d69288fbee4904')
})

describe('trees', () => {
  test('are read as they were written, in an order of their own', () => {
    const entry = fc.record<TreeEntry>({
      name: fc
        .string({ minLength: 1, unit: 'grapheme' })
        .filter((name) => !/[/\0]|^\.\.?$/.test(name)),
      id: fc.string({
        minLength: 40,
        maxLength: 40,
        unit: fc.constantFrom(...'0123456789abcdef'.split('')),
      }),
      kind: fc.constantFrom<TreeEntry['kind'][]>(
        'file',
        'executable',
        'link',
        'directory',
        'submodule',
      ),
    })
    const entries = fc.uniqueArray(entry, { selector: ({ name }) => name })
    const byName = (all: readonly TreeEntry[]) => new Map(all.map((one) => [one.name, one]))
    fc.assert(
      fc.property(entries, (list) => {
        expect(byName(parseTree(encodeTree(list).data))).toEqual(byName(list))
      }),
      { numRuns: 60 },
    )
  })

  test('sort a directory as if its name ended in a slash', () => {
    const objects = new Map<string, GitObject>()
    const id = buildTree({ 'a/x': '', 'a.b': '', a0: '' }, putInto(objects))
    const names = parseTree(objects.get(id)?.data ?? new Uint8Array()).map(({ name }) => name)
    expect(names).toEqual(['a.b', 'a', 'a0'])
  })

  test.for([
    ['100664', 'file'],
    ['100644', 'file'],
    ['040000', 'directory'],
    ['100755', 'executable'],
  ] as const)('mode %s is a %s', ([mode, kind]) => {
    expect(parseTree(raw(mode, 'a'))[0]?.kind).toBe(kind)
  })

  test.for([
    ['a name with a slash', raw('100644', '../../etc/passwd')],
    ['the name ..', raw('100644', '..')],
    ['no name', raw('100644', '')],
    ['an unknown mode', raw('010644', 'a')],
    ['a mode that is no number', raw('abcdef', 'a')],
    ['an early end', raw('100644', 'a').subarray(0, -1)],
    ['text', Buffer.from('hello')],
  ] as const)('with %s are refused', ([, data]) => {
    expect(() => parseTree(data)).toThrow(ObjectError)
  })
})

describe('commits', () => {
  const commit = (lines: readonly string[], body: string, encoding: BufferEncoding = 'utf8') =>
    parseCommit(Buffer.from(`${lines.join('\n')}\n\n${body}`, encoding))
  const TREE = `tree ${'1'.repeat(40)}`

  test('tell tree, parents, author, the committer’s time and the message', () => {
    const lines = [
      TREE,
      `parent ${'2'.repeat(40)}`,
      `parent ${'3'.repeat(40)}`,
      'author Ann > Author <ann@example.com> 1 +0000',
      'committer Bob <bob@example.com> 1767225600 -0730',
      'gpgsig -----BEGIN PGP SIGNATURE-----',
      ' author Eve <eve@example.com> 9 +0000',
    ]
    expect(commit(lines, 'Subject\n\nBody\n')).toEqual({
      tree: '1'.repeat(40),
      parents: ['2'.repeat(40), '3'.repeat(40)],
      author: 'Ann > Author <ann@example.com>',
      date: 1_767_225_600_000,
      message: 'Subject\n\nBody',
    })
  })

  test('are read in the encoding they name, an unknown one as UTF-8', () => {
    const lines = [TREE, 'author Zoë <z@example.com> 1 +0000', 'encoding ISO-8859-1']
    expect(commit(lines, 'Grüße', 'latin1')).toMatchObject({
      author: 'Zoë <z@example.com>',
      message: 'Grüße',
    })
    expect(commit([TREE, 'encoding klingon'], 'Grüße').message).toBe('Grüße')
  })

  test.for(['', 'author Ann <a@example.com> 1 +0000\n\nx', 'tree abc\n\nx'])(
    '%j is refused',
    (text) => {
      expect(() => parseCommit(Buffer.from(text))).toThrow(ObjectError)
    },
  )
})

test('a tag names its object, anything else is refused', () => {
  expect(parseTag(Buffer.from(`object ${'1'.repeat(40)}\ntype commit\n\nx`))).toBe('1'.repeat(40))
  expect(() => parseTag(Buffer.from('type commit\n\nx'))).toThrow(ObjectError)
})
