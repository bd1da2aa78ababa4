import { expect, test } from 'vitest'
import type { Manifest } from '../manifest/manifest.ts'
import { isModified } from './compare.ts'

const deployment = (spec: Manifest['metadata'] | object, resourceVersion: string): Manifest => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', resourceVersion },
  spec: { ...spec },
})

test.for([
  ['nothing', { replicas: 1 }, { replicas: 1 }, [], false],
  ['the order of keys', { a: 1, b: 2 }, { b: 2, a: 1 }, [], false],
  ['a value', { replicas: 1 }, { replicas: 2 }, [], true],
  ['a field that would go', { replicas: 1, paused: true }, { replicas: 1 }, [], true],
  ['an integer beyond 2^53', { a: 2n ** 60n }, { a: 2n ** 60n + 1n }, [], true],
  ['what is ignored', { replicas: 1 }, { replicas: 2 }, ['/spec/replicas'], false],
] as const)('differing in %s', ([, live, predicted, ignore, expected]) => {
  expect(isModified(deployment(live, '1'), deployment(predicted, '2'), { ignore })).toBe(expected)
})
