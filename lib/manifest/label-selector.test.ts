import { expect, test } from 'vitest'
import { parseSelector } from './label-selector.ts'

const LABELS = { team: 'web', tier: 'front', empty: '' }

test.for([
  ['', true],
  ['team=web', true],
  ['team==web', true],
  ['team=api', false],
  ['team!=api', true],
  ['team!=web', false],
  ['other!=web', true],
  ['team', true],
  ['other', false],
  ['!team', false],
  ['!other', true],
  ['empty=', true],
  ['team in (web, api)', true],
  ['team in (api)', false],
  ['other in (web)', false],
  ['team notin (api,db)', true],
  ['other notin (web)', true],
  ['team=web,tier in (front,back),!other', true],
  ['team=web,tier=back', false],
] as const)('%j selects %s', ([selector, selected]) => {
  expect(parseSelector(selector)(LABELS)).toBe(selected)
})

test.for(['a b', 'team in web', '=x', 'a=b=c'])('%j is no selector', (selector) => {
  expect(() => parseSelector(selector)).toThrow('is not a label selector')
})
