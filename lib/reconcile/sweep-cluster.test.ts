import { expect, test } from 'vitest'
import { movedObjects } from './sweep-cluster.ts'

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
