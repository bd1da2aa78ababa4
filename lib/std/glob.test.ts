import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileGlob, GLOB_ALTERNATIVES_MAX, GLOB_LENGTH_MAX } from './glob.ts'

test.for([
  ['*', '', 'a/b.yaml', true],
  ['*.yaml', '', 'a/b.yaml', true],
  ['*.yaml', '', 'a/b.json', false],
  ['*.yaml', '/', 'a/b.yaml', false],
  ['**.yaml', '/', 'a/b.yaml', true],
  ['a/*/c', '/', 'a/b/c', true],
  ['a/*/c', '/', 'a/b/b/c', false],
  ['a/**/c', '/', 'a/b/b/c', true],
  ['{a,b}.yaml', '', 'b.yaml', true],
  ['{a,b}.yaml', '', 'c.yaml', false],
  ['{a,{b,c}d}.yaml', '', 'cd.yaml', true],
  ['{*.yml,config/{x,y}/*}', '', 'config/y/z', true],
  ['{,x}a', '', 'a', true],
  ['file?', '', 'file1', true],
  ['file?', '', 'file', false],
  ['?', '/', '/', false],
  ['[a-c]x', '', 'bx', true],
  ['[!a-c]x', '', 'bx', false],
  ['[a-]', '', '-', true],
  ['a.b', '', 'axb', false],
  [String.raw`a\*`, '', 'a*', true],
  [String.raw`a\*`, '', 'ab', false],
  [String.raw`\{a,b\}`, '', '{a,b}', true],
  ['', '', '', true],
  ['', '', 'a', false],
  ['https://github.com/org/*', '/', 'https://github.com/org/repo', true],
  ['https://github.com/org/*', '/', 'https://github.com/org/team/repo', false],
] as const)('%j (separator %j) matches %j: %s', ([pattern, separator, text, expected]) => {
  expect(compileGlob(pattern, separator)?.(text)).toBe(expected)
})

test.for([
  '{a',
  'a}',
  '[a',
  'a\\',
  '{a,b}'.repeat(Math.log2(GLOB_ALTERNATIVES_MAX) + 1),
  'a'.repeat(GLOB_LENGTH_MAX + 1),
])('%s is refused', (pattern) => {
  expect(compileGlob(pattern)).toBeUndefined()
})

test('many stars cost no more than few', () => {
  expect(compileGlob('*a'.repeat(200))?.(`${'a'.repeat(2000)}b`)).toBe(false)
})

test('a text matches itself when escaped, and a star any text', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 50 }), fc.string({ maxLength: 50 }), (a, b) => {
      const escaped = a.replaceAll(/[\\*?[\]{},!]/g, String.raw`\$&`)
      expect(compileGlob(escaped)?.(a)).toBe(true)
      expect(compileGlob(`${escaped}*`)?.(a + b)).toBe(true)
      expect(compileGlob(escaped)?.(a + b)).toBe(b === '')
    }),
  )
})
