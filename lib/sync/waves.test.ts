import { expect, test } from 'vitest'
import { WAVE_ANNOTATION, waveOf } from './waves.ts'

test.for([
  [undefined, 0],
  ['3', 3],
  ['-5', -5],
  ['+2', 2],
  ['', 0],
  ['1.5', 0],
  ['1e3', 0],
  ['one', 0],
  ['99999999999999999999', 0],
] as const)('the annotation [%s] is wave %i', ([text, expected]) => {
  const annotations = text === undefined ? {} : { [WAVE_ANNOTATION]: text }
  expect(waveOf({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { annotations } })).toBe(expected)
})
