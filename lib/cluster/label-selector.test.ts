import { expect, test } from 'vitest'
import { matchesLabels } from './label-selector.ts'

const LABELS = { app: 'web', tier: 'front' }

test.for([
  ['', true],
  ['app=web', true],
  ['app==web', true],
  ['app=api', false],
  ['app!=api', true],
  ['other!=x', true],
  ['app', true],
  ['other', false],
  ['!other', true],
  ['!app', false],
  ['app in (api, web)', true],
  ['app in (api)', false],
  ['app notin (api,db)', true],
  ['other notin (x)', true],
  ['app in (web,api),tier=front', true],
  ['app in (web,api),tier=back', false],
] as const)('%s is %s', ([selector, expected]) => {
  expect(matchesLabels(selector, LABELS)).toBe(expected)
})
