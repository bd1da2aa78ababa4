import { expect, test } from 'vitest'
import type { Manifest } from './manifest.ts'
import {
  isOwnedBy,
  parseTrackingId,
  TRACKING_ANNOTATION,
  trackingAppOf,
  trackingId,
  withTracking,
} from './tracking.ts'

/** `apps/v1 Deployment shop/web`; no namespace: `v1 Namespace shop`. */
function object(text: string, mark?: string): Manifest {
  const [apiVersion = '', kind = '', path = ''] = text.split(' ')
  const [name = '', namespace] = path.split('/').toReversed()
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(mark !== undefined && { annotations: { [TRACKING_ANNOTATION]: mark } }),
    },
  }
}

test.for([
  'guestbook:apps/Deployment:default/guestbook-ui',
  'guestbook:/Service:default/guestbook-ui',
  'team_guestbook:rbac.authorization.k8s.io/ClusterRole:/system:node',
])('%s reads back', (text) => {
  const id = parseTrackingId(text)
  expect(id === undefined ? undefined : trackingId(id.app, id.key)).toBe(text)
})

test.for(['', 'guestbook', 'a:b', 'a:b/C', 'a:b/C:d', ':b/C:d/e', 'a:b:c/d'])(
  '%j is no tracking id',
  (text) => {
    expect(parseTrackingId(text)).toBeUndefined()
  },
)

test.for([
  ['v1 Service shop/web', 'shop:/Service:shop/web'],
  ['apps/v1 Deployment shop/web', 'shop:apps/Deployment:shop/web'],
  ['v1 Namespace shop', 'shop:/Namespace:prod/shop'],
  ['apiextensions.k8s.io/v1 CustomResourceDefinition widgets.example.com', undefined],
] as const)('%s is marked %s', ([text, mark]) => {
  expect(withTracking(object(text), 'shop', 'prod')).toEqual(object(text, mark))
})

test('other annotations stay', () => {
  const manifest = { ...object('v1 Service shop/web'), metadata: { annotations: { a: 'b' } } }
  expect(Object.keys(withTracking(manifest, 'shop').metadata.annotations ?? {})).toEqual([
    'a',
    TRACKING_ANNOTATION,
  ])
})

test.for([
  ['v1 Service shop/web', 'shop:/Service:shop/web', 'shop'],
  ['v1 Service shop/web', undefined, undefined],
  ['v1 Service shop/web', 'nonsense', undefined],
  ['v1 Service shop/api', 'shop:/Service:shop/web', undefined],
  ['v1 Service test/web', 'shop:/Service:shop/web', undefined],
  ['v1 Endpoints shop/web', 'shop:/Service:shop/web', undefined],
  ['apps/v1 ReplicaSet shop/web', 'shop:apps/Deployment:shop/web', undefined],
  ['extensions/v1beta1 Ingress shop/web', 'shop:networking.k8s.io/Ingress:shop/web', undefined],
  ['v1 Namespace shop', 'shop:/Namespace:prod/shop', 'shop'],
] as const)('%s marked %s belongs to %s', ([text, mark, app]) => {
  expect(trackingAppOf(object(text, mark))).toBe(app)
  expect(isOwnedBy(object(text, mark), 'shop')).toBe(app === 'shop')
})
