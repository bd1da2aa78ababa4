import { expect, test } from 'vitest'
import type { ApplicationSource } from '../app/application.ts'
import { detectSourceType } from './source-type.ts'

const tree = (files: string) => new Map(files.split(' ').map((file) => [file, new Uint8Array()]))
const source = (settings: Partial<ApplicationSource>) => ({ repoURL: 'r', path: 'p', ...settings })

test.for<[string, Partial<ApplicationSource>, string]>([
  ['deployment.yaml', {}, 'Directory'],
  ['deployment.yaml Chart.yaml', {}, 'Helm'],
  ['Kustomization', {}, 'Kustomize'],
  ['kustomization.yaml', {}, 'Kustomize'],
  ['kustomization.yml', {}, 'Kustomize'],
  ['sub/kustomization.yml sub/Chart.yaml', {}, 'Directory'],
  ['Chart.yaml', { directory: { recurse: true } }, 'Directory'],
  ['a.yaml', { helm: {} }, 'Helm'],
  ['a.yaml', { kustomize: {} }, 'Kustomize'],
  ['a.yaml', { plugin: {} }, 'Plugin'],
  ['', { chart: 'redis' }, 'Helm'],
])('[%s] with %j is %s', ([files, settings, type]) => {
  expect(detectSourceType(tree(files), source(settings))).toBe(type)
})

test('two explicit types are refused', () => {
  expect(() => detectSourceType(tree('a'), source({ helm: {}, kustomize: {} }))).toThrow(
    'multiple application sources defined: Kustomize, Helm',
  )
})
