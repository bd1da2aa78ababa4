import { expect, test } from 'vitest'
import type { JsonObject } from '../std/json.ts'
import { imagesOf } from './summary.ts'

const pod = {
  initContainers: [{ name: 'init', image: 'init:1' }],
  containers: [{ name: 'a', image: 'a:1' }, { name: 'b', image: 'a:1' }, { name: 'none' }],
}

test.for<[string, JsonObject, string[]]>([
  ['Pod', pod, ['init:1', 'a:1']],
  ['Deployment', { template: { spec: pod } }, ['init:1', 'a:1']],
  ['CronJob', { jobTemplate: { spec: { template: { spec: pod } } } }, ['init:1', 'a:1']],
  ['Service', { ports: [{ port: 80 }] }, []],
  ['Broken', { containers: 'a' }, []],
])('images of a %s', ([kind, spec, images]) => {
  expect(imagesOf({ apiVersion: 'v1', kind, metadata: { name: 'x' }, spec })).toEqual(images)
})
