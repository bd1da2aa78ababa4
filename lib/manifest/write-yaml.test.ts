import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson, type Json } from '../std/json.ts'
import { writeYaml } from './write-yaml.ts'
import { readYaml } from './yaml.ts'

// Blocks as `argocd app manifests guestbook` 3.6 prints them, with every scalar form added.
const GOLDEN = `apiVersion: apps/v1
kind: Deployment
metadata:
  annotations:
    argocd.argoproj.io/tracking-id: guestbook:apps/Deployment:default/guestbook-ui
    note: |
      two
        lines
    star: '*'
  name: guestbook-ui
spec:
  big: 9223372036854775807
  empty: {}
  none: []
  nothing: null
  quoted:
  - "true"
  - "1"
  - "0644"
  - "1234e56"
  - "on"
  - ""
  - "12:30"
  - "~"
  - '# no comment'
  - 'a: b'
  - '- a'
  - ' a '
  - "\\t"
  - |-
    no
    end
  - |+
    kept

  - "\\n"
  - - nested
    - - list
  ratio: 1.5
  step1:
  - image: registry.local/guestbook-ui:v5
    ports:
    - containerPort: 80
  step2: plain text, with commas
  step10: -x
`

test('prints what Kubernetes tools print', () => {
  const [value] = readYaml(GOLDEN)
  expect(writeYaml(value ?? null)).toBe(GOLDEN)
})

test.for(['a', 'a\nb\n', '|', 'null', '\n', 'x'.repeat(2000)])('%j alone', (text) => {
  expect(readYaml(writeYaml(text))).toEqual([text])
  expect(readYaml(writeYaml({ [text]: [text, { [text]: text }] }))).toEqual([
    { [text]: [text, { [text]: text }] },
  ])
})

const TRICKY = [
  'yes',
  'No',
  '0x1f',
  '1_000',
  '.inf',
  '-.5',
  '1e3',
  '<<',
  '=',
  '---',
  '...',
  '- ',
  '? a',

  'a:',
  ' #',
  '\u2028',
  '\ufeff',
  '\r\n',
  'a\n\n',
  '\n a',
  '&a',
  '!t',
  '%',
  '@',
  '`',
  '{}',
  '[',
] as const
const tricky = fc.constantFrom(...TRICKY)
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary', maxLength: 10 }),
  tricky,
  fc.array(tricky, { maxLength: 3 }).map((parts) => parts.join('')),
)
const { value: anyJson } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.oneof(
      fc.boolean(),
      fc.constant(null),
      fc.integer(),
      fc.double({ noDefaultInfinity: true, noNaN: true }),
    ),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(text, tie('value'), { maxKeys: 4 }),
  ),
}))

test('what was written is read back', () => {
  fc.assert(
    fc.property(anyJson, (value) => {
      const [read] = readYaml(writeYaml(value))
      expect(canonicalJson(read)).toBe(canonicalJson(value))
    }),
    { numRuns: 500 },
  )
})
