import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { faultOf } from '../fault/fault.ts'
import { stringifyJson } from '../std/json.ts'
import { valueAt } from './manifest.ts'
import { readYaml, YAML_DEPTH_MAX, YAML_EXPANDED_SIZE_MAX, YAML_MERGE_KEYS_MAX } from './yaml.ts'

interface GoldenCase {
  readonly name: string
  readonly yaml: string
  readonly kubectl: string
}

// What kubectl 1.35.2 answered to `kubectl annotate --local -o json` for an object whose `spec`
// holds the case's YAML: JSON, `raw` and a number as kubectl prints it, or `ERR` and its message.
const CASES = JSON.parse(
  readFileSync(new URL('../../test/golden/yaml/kubectl-cases.json', import.meta.url), 'utf8'),
) as readonly GoldenCase[]

/** Where we differ from kubectl, and what we answer instead. */
const DIFFERENCES: ReadonlyMap<string, { readonly ours: unknown; readonly reason: string }> =
  new Map([
    [
      'merge_override_before',
      { ours: { x: 9, true: 2 }, reason: 'an explicit key wins over `<<`, wherever it stands' },
    ],
    [
      'bigkey',
      { ours: { '123456789012345680000': 'e' }, reason: 'go-yaml prints float keys in 32 bits' },
    ],
    ['esc', { ours: 'a/b', reason: String.raw`\/ is an escape in YAML 1.2; go-yaml refuses it` }],
    ['f_small', { ours: 1e-7, reason: 'the capture cut kubectl’s answer (1e-07) short' }],
  ])

describe('kubectl', () => {
  test.for(CASES.filter(({ name }) => !DIFFERENCES.has(name)))(
    '$name: $yaml is $kubectl',
    ({ yaml, kubectl }) => {
      if (kubectl.startsWith('ERR')) {
        return expect(faultWhen(() => specOf(yaml))).toHaveProperty('code', 'InvalidArgument')
      }
      const value = specOf(yaml)
      if (kubectl.startsWith('raw ')) return expect(numberText(value)).toBe(kubectl.slice(4))
      return expect(value).toEqual(JSON.parse(kubectl))
    },
  )

  test.for([...DIFFERENCES])('%s differs', ([name, { ours }]) => {
    const yaml = CASES.find((each) => each.name === name)?.yaml ?? ''
    expect(specOf(yaml)).toEqual(ours)
  })

  test('integers beyond 2^53 keep every digit', () => {
    expect(readYaml('9007199254740993')).toEqual([9007199254740993n])
    expect(readYaml('-9223372036854775808')).toEqual([-9223372036854775808n])
  })
})

test.for([
  ['a: 1\n---\nb: 2\n', [{ a: 1 }, { b: 2 }]],
  ['---\n---\na: 1\n', [null, { a: 1 }]],
  ['# nothing but words\n', []],
  ['a: 1\n...\n---\n# empty\n', [{ a: 1 }, null]],
  ['{"a": [1, "b"]}', [{ a: [1, 'b'] }]],
  ['__proto__: 1', [Object.fromEntries([['__proto__', 1]])]],
] as const)('documents of %j', ([text, documents]) => {
  expect(readYaml(text)).toEqual(documents)
})

test.for([
  ['a: 1\nb: [\n', 'line 3: '],
  ['a: 1\n\tb: 2\n', 'line 2: '],
  ['a: *nobody\n', 'line 1: unidentified alias "nobody"'],
  ['a: 1\nb: .inf\n', 'line 2: infinity and NaN are not supported'],
  ['a:\n- -.Inf\n', 'line 2: infinity and NaN are not supported'],
  ['.nan: 1\n', 'line 1: infinity and NaN are not supported'],
  ['.nan', 'infinity and NaN are not supported'],
  ['a: 1\nb: !!binary "*"\n', 'line 2: '],
  ['a:\n  null: 1\n', 'line 2: a map key may not be null; quote it'],
] as const)('%j fails at %s', ([text, message]) => {
  expect(faultWhen(() => readYaml(text))).toEqual({
    code: 'InvalidArgument',
    message: expect.stringContaining(message) as string,
  })
})

describe('limits', () => {
  const laughs = Array.from('bcdefgh').reduce(
    (text, letter, index) =>
      `${text}${letter}: &${letter} [${`*${'abcdefg'[index]}, `.repeat(10)}]\n`,
    'a: &a [1, 2, 3, 4, 5, 6, 7, 8, 9, 0]\n',
  )
  const copies = `a: &a ${'x'.repeat(1000)}\nb: [${'*a, '.repeat(20_000)}]`
  const merges = `a: &a {${Array.from({ length: 1000 }, (_, index) => `k${index}: 1`).join(', ')}}
${Array.from({ length: YAML_MERGE_KEYS_MAX / 1000 + 1 }, (_, index) => `m${index}: {<<: *a}`).join('\n')}`

  test.for([
    ['billion laughs', laughs, 'YAML expansion', YAML_EXPANDED_SIZE_MAX],
    ['a long text many times', copies, 'YAML expansion', YAML_EXPANDED_SIZE_MAX],
    ['an alias that contains itself', 'a: &a [*a]\n', 'YAML expansion', YAML_EXPANDED_SIZE_MAX],
    ['merges of merges', merges, 'YAML merge keys', YAML_MERGE_KEYS_MAX],
  ] as const)('%s', ([, text, limit, max]) => {
    expect(faultWhen(() => readYaml(text))).toEqual({
      code: 'LimitExceeded',
      limit,
      message: `YAML aliases expand beyond the limit of ${max} (${limit}); write the values out, or use fewer aliases`,
    })
  })

  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)

  test('deep nesting', () => {
    expect(readYaml(nested(YAML_DEPTH_MAX))).toHaveLength(1)
    expect(() => readYaml(nested(YAML_DEPTH_MAX + 1))).toThrow('line 1: nesting')
  })
})

const specOf = (yaml: string) =>
  valueAt(
    readYaml(`apiVersion: v1\nkind: X\nmetadata: {name: x}\nspec:\n  ${yaml}\n`)[0],
    'spec',
    'v',
  )

/** Go writes large and small exponents as JavaScript does. */
const numberText = (value: unknown): string => stringifyJson(value)

function faultWhen(call: () => unknown): unknown {
  try {
    return call()
  } catch (error) {
    return faultOf(error)
  }
}
