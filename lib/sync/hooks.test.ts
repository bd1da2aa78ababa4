import { expect, test } from 'vitest'
import { comparedResources } from '../../test/builders/compared-resources.ts'
import type { Manifest } from '../manifest/manifest.ts'
import {
  HELM_HOOK_ANNOTATION,
  HOOK_ANNOTATION,
  hookPhasesOf,
  hooksOf,
  hookTypesOf,
} from './hooks.ts'

const withMarks = (argo: string | undefined, helm: string | undefined): Manifest => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: {
    name: 'j',
    annotations: {
      ...(argo !== undefined && { [HOOK_ANNOTATION]: argo }),
      ...(helm !== undefined && { [HELM_HOOK_ANNOTATION]: helm }),
    },
  },
})

test.for([
  [undefined, undefined, undefined, ''],
  ['PreSync', undefined, 'PreSync', 'PreSync'],
  [' PostSync , Sync,PostSync', undefined, 'PostSync,Sync', 'Sync,PostSync'],
  ['Skip', undefined, 'Skip', ''],
  ['PreDelete', undefined, 'PreDelete', ''],
  ['Odd', undefined, 'Odd', ''],
  ['', undefined, '', ''],
  [undefined, 'pre-install,pre-upgrade', 'PreSync', 'PreSync'],
  [undefined, 'post-install', 'PostSync', 'PostSync'],
  [undefined, 'post-delete', 'PostDelete', ''],
  [undefined, 'crd-install', undefined, ''],
  [undefined, 'test', 'test', ''],
  ['Sync', 'pre-install', 'Sync', 'Sync'],
] as const)('hook [%s], helm hook [%s]: types %s, phases %s', ([argo, helm, types, phases]) => {
  const manifest = withMarks(argo, helm)
  expect([hookTypesOf(manifest)?.join(','), hookPhasesOf(manifest).join(',')]).toEqual([
    types,
    phases,
  ])
})

test('only the hooks in Git that a sync would run are reported', () => {
  const resources = comparedResources(`
    Job a hook=PreSync,Sync
    Job b hook=Skip
    Job c extra hook=PreSync
    Deployment d`)
  expect(hooksOf(resources).map(({ key, phases }) => [key.name, phases])).toEqual([
    ['a', ['PreSync', 'Sync']],
  ])
})
