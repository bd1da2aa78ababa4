import { expect, test } from 'vitest'
import { HEALTH_ORDER } from '../app/status.ts'
import { aggregateHealth, type ResourceHealth } from './aggregate.ts'

/** `Kind/name:Status` in order; `-` no health, `~` before it a hook, `!` one that is ignored. */
const resources = (text: string): readonly ResourceHealth[] =>
  text
    .split(' ')
    .filter((item) => item !== '')
    .map((item) => {
      const [, mark = '', kind = '', name = '', status = ''] =
        /^([~!]?)(\w+)\/(\w+):(\S+)$/.exec(item) ?? []
      const found = HEALTH_ORDER.find((known) => known === status)
      return {
        key: { group: kind === 'Application' ? 'argoproj.io' : '', kind, namespace: 'ns', name },
        ...(found !== undefined && { health: { status: found } }),
        isMissing: status === 'Missing' && kind !== 'Application',
        isHook: mark === '~',
        isIgnored: mark === '!',
      }
    })

test.for([
  ['', 'Healthy'],
  ['Pod/a:Healthy ConfigMap/b:-', 'Healthy'],
  ['ConfigMap/a:-', 'Healthy'],
  ['Pod/a:Missing Pod/b:Missing', 'Missing'],
  ['Pod/a:Missing Pod/b:Healthy', 'Healthy'],
  ['Pod/a:Missing ConfigMap/b:-', 'Healthy'],
  ['Pod/a:Missing ~Job/b:Healthy', 'Missing'],
  ['~Job/b:Degraded', 'Healthy'],
  ['Pod/a:Progressing Pod/b:Degraded', 'Degraded: Caused by Pod:ns/b'],
  ['Pod/a:Suspended Pod/b:Progressing', 'Progressing: Caused by Pod:ns/b'],
  ['Pod/a:Unknown Pod/b:Degraded', 'Unknown: Caused by Pod:ns/a'],
  ['!Pod/a:Degraded Pod/b:Healthy', 'Healthy'],
  ['!Pod/a:Degraded Pod/b:Missing', 'Healthy'],
  ['Application/a:Unknown Application/b:Missing', 'Healthy'],
  ['Application/a:Degraded', 'Degraded: Caused by argoproj.io/Application:ns/a'],
  [
    'Pod/a:Degraded Pod/b:Degraded Pod/c:Degraded Pod/d:Degraded Pod/e:Degraded',
    'Degraded: Caused by Pod:ns/a, Pod:ns/b, Pod:ns/c and 2 more',
  ],
] as const)('[%s] is %s', ([text, expected]) => {
  const { status, message } = aggregateHealth(resources(text))
  expect(message === undefined ? status : `${status}: ${message}`).toBe(expected)
})
