import { expect, test } from 'vitest'
import type { Manifest } from '../../lib/manifest/manifest.ts'
import { BUILT_IN_KINDS } from './kinds.ts'
import { StatusError } from './status.ts'
import { validateChange, validateNew } from './validation.ts'

const kindOf = (name: string) => {
  const kind = BUILT_IN_KINDS.find((known) => known.kind === name)
  if (kind === undefined) throw new Error(`${name} is not served`)
  return kind
}

function problemsOf(check: () => void): string {
  try {
    check()
    return ''
  } catch (error) {
    return error instanceof StatusError ? `${error.code} ${error.message}` : String(error)
  }
}

test.for([
  ['ConfigMap', 'a.b-c', ''],
  ['ConfigMap', 'A', '422 ConfigMap "A" is invalid: metadata.name: Invalid value: "A"'],
  ['ConfigMap', 'a'.repeat(254), '422'],
  ['ConfigMap', '', '422 ConfigMap "" is invalid: metadata.name: Required value'],
  ['Service', 'a.b', '422'],
  ['Namespace', 'a'.repeat(64), '422'],
  ['ClusterRole', 'system:Reader', ''],
  ['ClusterRole', 'a/b', '422'],
] as const)('%s %s', ([name, object, expected]) => {
  const kind = kindOf(name)
  const manifest: Manifest = {
    apiVersion: kind.apiVersion,
    kind: name,
    metadata: { name: object },
  }
  const problems = problemsOf(() => validateNew(kind, manifest))
  expect(problems.slice(0, expected.length)).toBe(expected)
  expect(problems === '').toBe(expected === '')
})

const aDeployment = (selector: string, label: string, image = 'nginx'): Manifest => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    selector: { matchLabels: { app: selector } },
    template: {
      metadata: { labels: { app: label } },
      spec: { containers: [{ name: 'web', image }] },
    },
  },
})

test('a workload selects its own pods, whose containers have images', () => {
  const check = (manifest: Manifest) =>
    problemsOf(() => validateNew(kindOf('Deployment'), manifest))
  expect(check(aDeployment('web', 'web'))).toBe('')
  expect(check(aDeployment('web', 'db'))).toContain('`selector` does not match template `labels`')
  expect(check(aDeployment('web', 'web', ''))).toContain('containers[0].image: Required value')
})

test('a selector and frozen data do not change', () => {
  const changed = problemsOf(() =>
    validateChange(kindOf('Deployment'), aDeployment('a', 'a'), aDeployment('b', 'b')),
  )
  expect(changed).toContain('spec.selector')
  expect(changed).toContain('field is immutable')
  const frozen = (data: Record<string, string>): Manifest => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a' },
    immutable: true,
    data,
  })
  const kind = kindOf('ConfigMap')
  expect(problemsOf(() => validateChange(kind, frozen({ a: '1' }), frozen({ a: '2' })))).toContain(
    'data: Invalid value: {"a":"2"}: field is immutable',
  )
  expect(problemsOf(() => validateChange(kind, frozen({ a: '1' }), frozen({ a: '1' })))).toBe('')
})
