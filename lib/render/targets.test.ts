import { expect, test } from 'vitest'
import type { Manifest } from '../manifest/manifest.ts'
import { TRACKING_ANNOTATION } from '../manifest/tracking.ts'
import { readYaml } from '../manifest/yaml.ts'
import { OBJECTS_MAX } from './limits.ts'
import { prepareTargets } from './targets.ts'

const CONTEXT = {
  app: 'shop',
  namespace: 'prod',
  isNamespaced: (apiVersion: string, kind: string) =>
    apiVersion === 'example.com/v1' ? kind === 'Widget' : undefined,
}

/** `v1 ConfigMap team/a`: an object by its apiVersion, kind, namespace and name. */
function object(text: string): Manifest {
  const [apiVersion = '', kind = '', path = ''] = text.split(' ')
  const [name = '', namespace] = path.split('/').toReversed()
  return { apiVersion, kind, metadata: namespace === undefined ? { name } : { name, namespace } }
}

test.for([
  ['v1 ConfigMap a', 'prod/a', 'shop:/ConfigMap:prod/a'],
  ['v1 ConfigMap team/a', 'team/a', 'shop:/ConfigMap:team/a'],
  ['v1 Namespace team/a', '/a', 'shop:/Namespace:prod/a'],
  ['example.com/v1 Widget a', 'prod/a', 'shop:example.com/Widget:prod/a'],
  ['example.com/v1 Fleet team/a', '/a', 'shop:example.com/Fleet:prod/a'],
  ['new.example.com/v1 Unknown a', 'prod/a', 'shop:new.example.com/Unknown:prod/a'],
  ['apiextensions.k8s.io/v1 CustomResourceDefinition a', '/a', undefined],
] as const)('%s becomes %s, marked %s', ([text, path, mark]) => {
  const { targets } = prepareTargets([object(text)], CONTEXT)
  const shown = targets.map(({ metadata }) => [
    `${metadata.namespace ?? ''}/${metadata.name}`,
    metadata.annotations?.[TRACKING_ANNOTATION],
  ])
  expect(shown).toEqual([[path, mark]])
})

test('of equal keys the last stays, with a warning', () => {
  const first = { ...object('v1 ConfigMap a'), data: { version: '1' } }
  const last = { ...object('v1 ConfigMap prod/a'), data: { version: '2' } }
  const { targets, warnings } = prepareTargets([first, object('v1 Secret a'), last], CONTEXT)
  expect(targets.map(({ kind, data }) => [kind, data])).toEqual([
    ['Secret', undefined],
    ['ConfigMap', { version: '2' }],
  ])
  expect(warnings).toEqual([
    {
      type: 'RepeatedResourceWarning',
      message: 'Resource /ConfigMap/prod/a appeared 2 times among application resources.',
    },
  ])
})

test('objects that get their names later do not repeat', () => {
  const job: Manifest = { apiVersion: 'batch/v1', kind: 'Job', metadata: { generateName: 'j-' } }
  const { targets, warnings } = prepareTargets([job, job], CONTEXT)
  expect([targets.length, warnings]).toEqual([2, []])
})

test('noise goes, the rest stays', () => {
  const [noisy] = readYaml(`
apiVersion: apps/v1
kind: Deployment
metadata: {creationTimestamp: null, name: web, labels: {a: b}}
spec: {replicas: 1, template: {metadata: {creationTimestamp: null, labels: {a: b}}, spec: {}}}
status: {}
`)
  const { targets } = prepareTargets([noisy as Manifest], CONTEXT)
  expect(targets).toEqual([
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {
        name: 'web',
        namespace: 'prod',
        labels: { a: 'b' },
        annotations: { [TRACKING_ANNOTATION]: 'shop:apps/Deployment:prod/web' },
      },
      spec: { replicas: 1, template: { metadata: { labels: { a: 'b' } }, spec: {} } },
    },
  ])
})

test('objects of all sources together have a limit', () => {
  const many = Array.from({ length: OBJECTS_MAX + 1 }, (_, index) =>
    object(`v1 ConfigMap ${index}`),
  )
  expect(() => prepareTargets(many, CONTEXT)).toThrow('the limit is 5000')
})
