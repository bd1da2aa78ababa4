import { expect, test } from 'vitest'
import { createReconcileWorld } from '../../test/builders/reconcile-world.ts'
import { TENANT } from '../../test/builders/memory-platform.ts'
import { IN_CLUSTER_SERVER } from '../app/application.ts'
import { movedObjects, sweepCluster } from './sweep-cluster.ts'

/** `web:3@app` is the object web in resourceVersion 3, tracked by app. */
const objects = (text: string) =>
  Object.fromEntries(
    text
      .split(' ')
      .filter(Boolean)
      .map((word) => {
        const [key = '', version = '', app = ''] = word.split(/[:@]/)
        return [key, [version, app] as const]
      }),
  )

test.for([
  ['web:3@a', 'web:3@a', ''],
  ['web:3@a', 'web:4@a', 'a web:4'],
  ['web:3@a', '', 'a web:'],
  ['', 'web:3@a', 'a web:3'],
  ['web:3@a', 'web:4@b', 'b web:4, a web:'],
  ['web:3@a db:1@b', 'web:4@a db:2@b', 'a web:4, b db:2'],
] as const)('from [%s] to [%s] moves [%s]', ([before, now, moved]) => {
  const shown = [...movedObjects(objects(before), objects(now))].flatMap(([app, list]) =>
    [...list].map(([key, version]) => `${app} ${key}:${version}`),
  )
  expect(shown.join(', ')).toBe(moved)
})

test('an object that is created and deleted between two sweeps is missed at the next one', async () => {
  const world = await createReconcileWorld()
  await world.ask({})
  await world.work()
  world.cluster.deleteObject({ group: '', kind: 'ConfigMap', namespace: 'default', name: 'a' })
  await sweepCluster(world.ports, TENANT, IN_CLUSTER_SERVER)
  await world.work()
  expect((await world.app()).seen.summary?.sync).toBe('OutOfSync')
})
