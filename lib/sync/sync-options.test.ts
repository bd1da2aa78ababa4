import { expect, test } from 'vitest'
import { comparedResources } from '../../test/builders/compared-resources.ts'
import { parseSyncOptions, syncOptionsOf } from './sync-options.ts'

const DEFAULTS = parseSyncOptions()

test('without options everything has its default', () => {
  expect(DEFAULTS).toEqual({
    prune: 'yes',
    delete: 'yes',
    validate: true,
    createNamespace: false,
    replace: false,
    force: false,
    pruneLast: false,
    applyOutOfSyncOnly: false,
    skipDryRunOnMissingResource: false,
    propagation: 'foreground',
    respectIgnoreDifferences: false,
    failOnSharedResource: false,
    clientSideApplyMigration: true,
    unknown: [],
  })
})

test.for([
  [['Prune=false'], '', { prune: 'no' }],
  [['Prune=confirm'], '', { prune: 'confirm' }],
  [['Delete=false'], 'Delete=confirm', { delete: 'confirm' }],
  [['Validate=false'], '', { validate: false }],
  [['CreateNamespace=true'], '', { createNamespace: true }],
  [['ServerSideApply=true'], '', { serverSideApply: true }],
  [['ServerSideApply=true'], 'ServerSideApply=false', { serverSideApply: false }],
  [[], 'Replace=true, Force=true', { replace: true, force: true }],
  [
    ['PruneLast=true', 'ApplyOutOfSyncOnly=true'],
    '',
    { pruneLast: true, applyOutOfSyncOnly: true },
  ],
  [[], 'SkipDryRunOnMissingResource=true', { skipDryRunOnMissingResource: true }],
  [['PrunePropagationPolicy=orphan'], '', { propagation: 'orphan' }],
  [['RespectIgnoreDifferences=true'], '', { respectIgnoreDifferences: true }],
  [['FailOnSharedResource=true'], '', { failOnSharedResource: true }],
  [['ClientSideApplyMigration=false'], '', { clientSideApplyMigration: false }],
  [
    ['Prune=maybe', 'prune=false', 'Nonsense'],
    'Validate=',
    { unknown: ['Prune=maybe', 'prune=false', 'Nonsense', 'Validate='] },
  ],
  [[' Prune = false ', ''], ',', { prune: 'no' }],
] as const)('%o with the annotation [%s]', ([appWide, ofObject, expected]) => {
  expect(parseSyncOptions(appWide, ofObject)).toEqual({ ...DEFAULTS, ...expected })
})

test("an object's options come from its annotation", () => {
  const [resource] = comparedResources('ConfigMap a options=Prune=false')
  expect(resource?.target && syncOptionsOf(resource.target, ['Force=true'])).toEqual({
    ...DEFAULTS,
    prune: 'no',
    force: true,
  })
})
