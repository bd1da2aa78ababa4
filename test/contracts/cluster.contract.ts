import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type ApplyOptions,
  type Cluster,
  type ClusterConnection,
  type Clusters,
  FIELD_MANAGER,
  type KindInfo,
} from '../../lib/cluster/port.ts'
import { fingerprintOf } from '../../lib/diff/fingerprint.ts'
import { ownershipPatch } from '../../lib/diff/ownership.ts'
import { faultOf } from '../../lib/fault/fault.ts'
import { keyOf, type ResourceKey } from '../../lib/manifest/key.ts'
import { type Manifest, valueAt } from '../../lib/manifest/manifest.ts'
import type { Json, JsonObject } from '../../lib/std/json.ts'

/** An adapter, and what others than Argosy do to the cluster behind it. */
export interface ClusterSubject {
  /** Made with a page size of `PAGE_SIZE`. */
  readonly clusters: Clusters
  readonly connection: ClusterConnection
  /** A connection whose token is valid and may do nothing but discovery. */
  readonly restricted: ClusterConnection
  /** Creates an object by a plain write (POST), as `kubectl create` does. */
  create(object: Manifest, manager: string): Promise<Manifest>
  /** Merges a patch into a live object (RFC 7386), as `kubectl patch --type=merge` does. */
  edit(key: ResourceKey, patch: JsonObject, manager: string): Promise<void>
  /** Sets the replicas of a Deployment through its `scale` subresource. */
  scale(key: ResourceKey, replicas: number): Promise<void>
  /** Returns when a controller has written the status of a new Deployment. */
  statusWritten(key: ResourceKey): Promise<void>
  close(): Promise<void>
}

export const PAGE_SIZE = 3

export const CLUSTER_LAWS = [
  'an apply creates, then changes, then leaves alone',
  'an apply decided on an older version is a conflict',
  'an apply decided on a former object of the same name is a conflict',
  'an apply decided on an object that is gone is a conflict',
  'a manifest that was exported with uid and resourceVersion applies',
  'a dry run answers what would be, and changes nothing',
  'unknown fields and large integers survive',
  'names keep their capitals and colons',
  'a field that left the target is removed',
  'without force, the field of another manager is a conflict',
  'fields of a client-side apply are removed once ownership has moved',
  "fields of Argo CD's client-side apply are removed once ownership has moved",
  'scaling changes the fingerprint',
  'editing a field of ours changes the fingerprint',
  'status and fields of others leave the fingerprint and generation alone',
  'a duplicate merge key answers 500 with a text that tells it',
  'an unknown field is refused',
  'an immutable field answers 422',
  'a missing namespace answers 404',
  'a forbidden request answers 403, never absence',
  'a token that is not known is refused',
  'get answers undefined for an absent object alone',
  'a kind that is not served is undefined, and seen when it comes',
  'a delete of another uid or version is a conflict',
  'a delete takes the object away, once',
  'a delete with a finalizer marks the object',
  'lists are complete over many pages',
  'a list keeps to its namespace and labels',
  'a JSON patch changes what it names, on the version it names',
] as const

export type ClusterLaw = (typeof CLUSTER_LAWS)[number]

/** The laws of `lib/cluster/port.ts` that an adapter does not keep, each with the reason. */
export type Differences = Partial<Record<ClusterLaw, string>>

const OURS: ApplyOptions = { fieldManager: FIELD_MANAGER, force: true }

/**
 * The laws of `lib/cluster/port.ts`, over any adapter. A listed difference must be one: its law
 * has to fail, so that the list shrinks when an adapter gets better.
 */
export function clusterContract(
  adapter: string,
  open: () => Promise<ClusterSubject>,
  differences: Differences = {},
): void {
  describe(`cluster over ${adapter}`, () => {
    const run = Math.random().toString(36).slice(2, 8)
    let subject: ClusterSubject
    let cluster: Cluster
    let counter = 0
    const namespaces: string[] = []

    beforeAll(async () => {
      subject = await open()
      cluster = subject.clusters.connect('acme', subject.connection)
    })
    afterAll(async () => {
      for (const name of namespaces) await removeNow(cluster, 'Namespace', '', name)
      await subject.close()
    })

    async function namespace(): Promise<string> {
      const name = `contract-${run}-${counter++}`
      namespaces.push(name)
      await cluster.apply(await kind('v1', 'Namespace'), aNamespace(name), OURS)
      return name
    }
    async function kind(apiVersion: string, name: string): Promise<KindInfo> {
      const info = await cluster.kind(apiVersion, name)
      if (info === undefined) throw new Error(`${apiVersion} ${name} is not served`)
      return info
    }
    async function apply(target: Manifest, options: Partial<ApplyOptions> = {}) {
      const info = await kind(target.apiVersion, target.kind)
      return cluster.apply(info, target, { ...OURS, ...options })
    }
    async function live(target: Manifest): Promise<Manifest> {
      const { namespace: scope = '', name = '' } = target.metadata
      const found = await cluster.get(await kind(target.apiVersion, target.kind), scope, name)
      if (found === undefined) throw new Error(`${target.kind} ${name} is not there`)
      return found
    }

    const laws: Record<ClusterLaw, () => Promise<void>> = {
      async 'an apply creates, then changes, then leaves alone'() {
        const target = aConfigMap(await namespace(), 'a', { a: '1' })
        const first = await apply(target)
        const second = await apply(target, { observed: first.object })
        const third = await apply(withData(target, { a: '2' }), { observed: second.object })
        expect([first, second, third].map(({ outcome }) => outcome)).toEqual([
          'created',
          'unchanged',
          'configured',
        ])
        expect(await live(target)).toEqual(third.object)
        expect(third.object['data']).toEqual({ a: '2' })
        const { uid, resourceVersion } = first.object.metadata
        expect(third.object.metadata.uid).toBe(uid)
        expect(third.object.metadata.resourceVersion).not.toBe(resourceVersion)
      },
      async 'an apply decided on an older version is a conflict'() {
        const target = aConfigMap(await namespace(), 'a', { a: '1' })
        const { object } = await apply(target)
        await subject.edit(keyOf(target), { data: { b: '1' } }, 'kubectl-edit')
        const again = apply(withData(target, { a: '2' }), { observed: object })
        expect(await refusalOf(again)).toMatchObject({ status: 409, reason: 'Conflict' })
        expect((await live(target))['data']).toEqual({ a: '1', b: '1' })
      },
      async 'an apply decided on a former object of the same name is a conflict'() {
        const target = aConfigMap(await namespace(), 'a', { a: '1' })
        const { object } = await apply(target)
        await removeNow(cluster, 'ConfigMap', target.metadata.namespace ?? '', 'a')
        await apply(target)
        expect(await refusalOf(apply(target, { observed: object }))).toMatchObject({ status: 409 })
      },
      async 'an apply decided on an object that is gone is a conflict'() {
        const target = aConfigMap(await namespace(), 'a', { a: '1' })
        const { object } = await apply(target)
        await removeNow(cluster, 'ConfigMap', target.metadata.namespace ?? '', 'a')
        expect(await refusalOf(apply(target, { observed: object }))).toMatchObject({ status: 409 })
      },
      async 'a manifest that was exported with uid and resourceVersion applies'() {
        const target = aConfigMap(await namespace(), 'a', { a: '1' })
        const exported = { uid: 'b1c0d7f4-0000-4000-8000-000000000000', resourceVersion: '1' }
        const { outcome } = await apply({
          ...target,
          metadata: { ...target.metadata, ...exported },
        })
        expect(outcome).toBe('created')
      },
      async 'a dry run answers what would be, and changes nothing'() {
        const target = aConfigMap(await namespace(), 'a', { a: '1' })
        const info = await kind('v1', 'ConfigMap')
        const dry = await apply(target, { dryRun: true })
        expect([dry.outcome, dry.object['data']]).toEqual(['created', { a: '1' }])
        expect(await cluster.get(info, target.metadata.namespace ?? '', 'a')).toBeUndefined()

        const { object } = await apply(target)
        const changed = withData(target, { b: '2' })
        const predicted = await apply(changed, { dryRun: true, observed: object })
        expect([predicted.outcome, predicted.object['data']]).toEqual(['configured', { b: '2' }])
        expect(await live(target)).toEqual(object)
      },
      async 'unknown fields and large integers survive'() {
        const name = await serveWidgets(run)
        const scope = await namespace()
        const target: Manifest = {
          apiVersion: `${name}/v1`,
          kind: 'Widget',
          metadata: { name: 'w', namespace: scope },
          spec: { largest: 9223372036854775807n, deep: { unknown: [1, { x: null, y: true }] } },
        }
        await apply(target)
        expect((await live(target))['spec']).toEqual({
          largest: 9223372036854775807n,
          deep: { unknown: [1, { x: null, y: true }] },
        })
      },
      async 'names keep their capitals and colons'() {
        const name = `contract:${run}:Reader`
        const target: Manifest = {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'ClusterRole',
          metadata: { name },
          rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
        }
        await apply(target)
        expect((await live(target)).metadata.name).toBe(name)
        await removeNow(cluster, 'ClusterRole', '', name)
      },
      async 'a field that left the target is removed'() {
        const target = aConfigMap(await namespace(), 'a', { a: '1', b: '1' })
        await apply(target)
        await subject.edit(keyOf(target), { data: { mine: '1' } }, 'kubectl-edit')
        await apply(withData(target, { a: '1' }), { observed: await live(target) })
        expect((await live(target))['data']).toEqual({ a: '1', mine: '1' })
      },
      async 'without force, the field of another manager is a conflict'() {
        const target = aConfigMap(await namespace(), 'a', { a: '1' })
        await apply(target)
        await subject.edit(keyOf(target), { data: { a: '2' } }, 'kubectl-edit')
        const observed = await live(target)
        expect(await refusalOf(apply(target, { observed, force: false }))).toMatchObject({
          status: 409,
        })
        await apply(target, { observed })
        expect((await live(target))['data']).toEqual({ a: '1' })
      },
      'fields of a client-side apply are removed once ownership has moved': () =>
        movesOwnershipFrom('kubectl-client-side-apply'),
      "fields of Argo CD's client-side apply are removed once ownership has moved": () =>
        movesOwnershipFrom(FIELD_MANAGER),
      async 'scaling changes the fingerprint'() {
        const target = aDeployment(await namespace(), 'a')
        const before = (await apply(target)).object
        await subject.scale(keyOf(target), 2)
        const after = await live(target)
        expect(fingerprintOf(after, FIELD_MANAGER)).not.toBe(fingerprintOf(before, FIELD_MANAGER))
        expect(after.metadata.generation).toBe(2)
      },
      async 'editing a field of ours changes the fingerprint'() {
        const target = aConfigMap(await namespace(), 'a', { a: '1', b: '1' })
        const before = (await apply(target)).object
        await subject.edit(keyOf(target), { data: { b: '2' } }, 'kubectl-edit')
        const edited = await live(target)
        expect(fingerprintOf(edited, FIELD_MANAGER)).not.toBe(fingerprintOf(before, FIELD_MANAGER))
        await apply(target, { observed: edited })
        expect(fingerprintOf(await live(target), FIELD_MANAGER)).toBe(
          fingerprintOf(before, FIELD_MANAGER),
        )
      },
      async 'status and fields of others leave the fingerprint and generation alone'() {
        const target = aDeployment(await namespace(), 'a')
        const before = (await apply(target)).object
        await subject.statusWritten(keyOf(target))
        await subject.edit(keyOf(target), { metadata: { labels: { other: 'x' } } }, 'kubectl-label')
        const after = await live(target)
        expect(after.metadata.resourceVersion).not.toBe(before.metadata.resourceVersion)
        expect(valueAt(after, 'metadata', 'labels', 'other')).toBe('x')
        expect(after['status']).not.toEqual(before['status'])
        expect([fingerprintOf(after, FIELD_MANAGER), after.metadata.generation]).toEqual([
          fingerprintOf(before, FIELD_MANAGER),
          1,
        ])
      },
      async 'a duplicate merge key answers 500 with a text that tells it'() {
        const env = [
          { name: 'A', value: '1' },
          { name: 'A', value: '2' },
        ]
        const target = aDeployment(await namespace(), 'a', { env })
        const refusal = await refusalOf(apply(target))
        expect(refusal).toMatchObject({ code: 'KubernetesError', status: 500 })
        expect(JSON.stringify(refusal)).toContain('failed to create typed patch object')
      },
      async 'an unknown field is refused'() {
        const target = { ...aConfigMap(await namespace(), 'a', {}), nonsense: { a: 1 } }
        const refusal = await refusalOf(apply(target))
        expect(refusal).toMatchObject({ code: 'KubernetesError' })
        expect(JSON.stringify(refusal)).toContain('nonsense')
      },
      async 'an immutable field answers 422'() {
        const target = aDeployment(await namespace(), 'a')
        await apply(target)
        const other = aDeployment(target.metadata.namespace ?? '', 'a', {}, 'other')
        expect(await refusalOf(apply(other))).toMatchObject({
          status: 422,
          reason: 'Invalid',
        })
      },
      async 'a missing namespace answers 404'() {
        const missing = `contract-${run}-missing`
        const refusal = await refusalOf(apply(aConfigMap(missing, 'a', {})))
        expect(refusal).toMatchObject({
          code: 'KubernetesError',
          status: 404,
          reason: 'NotFound',
          message: `namespaces "${missing}" not found`,
        })
        expect(await cluster.get(await kind('v1', 'ConfigMap'), missing, 'a')).toBeUndefined()
      },
      async 'a forbidden request answers 403, never absence'() {
        const scope = await namespace()
        const secret = await kind('v1', 'Secret')
        const restricted = subject.clusters.connect('acme', subject.restricted)
        for (const request of [
          () => restricted.get(secret, scope, 'none'),
          () => restricted.listMetadata(secret),
          () => restricted.apply(secret, { ...aConfigMap(scope, 'a', {}), kind: 'Secret' }, OURS),
        ]) {
          expect(await refusalOf(request())).toMatchObject({
            code: 'KubernetesError',
            status: 403,
            reason: 'Forbidden',
          })
        }
      },
      async 'a token that is not known is refused'() {
        const { clientCertificate: _certificate, clientKey: _key, ...rest } = subject.connection
        const stranger = { ...rest, bearerToken: 'not-a-token' }
        const refused = subject.clusters.connect('acme', stranger)
        expect(
          await refusalOf(refused.get(await kind('v1', 'ConfigMap'), 'default', 'a')),
        ).toMatchObject({ code: 'ClusterRefused' })
      },
      async 'get answers undefined for an absent object alone'() {
        const info = await kind('v1', 'ConfigMap')
        expect(await cluster.get(info, await namespace(), 'none')).toBeUndefined()
        const unserved = { ...info, resource: 'nonsenses', kind: 'Nonsense' }
        expect(await refusalOf(cluster.get(unserved, 'default', 'none'))).toMatchObject({
          code: 'KubernetesError',
          status: 404,
        })
      },
      async 'a kind that is not served is undefined, and seen when it comes'() {
        expect(await cluster.kind('v1', 'Deployment')).toBeUndefined()
        expect(await cluster.kind('apps/v1', 'Deployment')).toMatchObject(DEPLOYMENTS)
        expect(await cluster.kindOf('apps', 'Deployment')).toMatchObject(DEPLOYMENTS)
        const group = `late-${run}.example.com`
        expect(await cluster.kindOf(group, 'Widget')).toBeUndefined()
        await serveWidgets(`late-${run}`)
        expect(await cluster.kindOf(group, 'Widget')).toMatchObject({
          group,
          version: 'v1',
          resource: 'widgets',
          namespaced: true,
        })
      },
      async 'a delete of another uid or version is a conflict'() {
        const target = aConfigMap(await namespace(), 'a', { a: '1' })
        const { object } = await apply(target)
        const { uid = '', resourceVersion = '' } = object.metadata
        const stranger = 'b1c0d7f4-0000-4000-8000-000000000000'
        const info = await kind('v1', 'ConfigMap')
        for (const observed of [
          { uid: stranger, resourceVersion },
          { uid, resourceVersion: '1' },
        ]) {
          const removal = cluster.remove(info, keyOf(target), {
            ...observed,
            propagation: 'foreground',
          })
          expect(await refusalOf(removal)).toMatchObject({ status: 409, reason: 'Conflict' })
        }
        expect(await live(target)).toEqual(object)
      },
      async 'a delete takes the object away, once'() {
        const target = aConfigMap(await namespace(), 'a', { a: '1' })
        const { object } = await apply(target)
        const { uid = '', resourceVersion = '' } = object.metadata
        const info = await kind('v1', 'ConfigMap')
        const options = { uid, resourceVersion, propagation: 'background' } as const
        expect(await cluster.remove(info, keyOf(target), { ...options, dryRun: true })).toBe(
          'deleted',
        )
        expect(await live(target)).toEqual(object)
        expect(await cluster.remove(info, keyOf(target), options)).toBe('deleted')
        expect(await cluster.remove(info, keyOf(target), options)).toBe('absent')
      },
      async 'a delete with a finalizer marks the object'() {
        const plain = aConfigMap(await namespace(), 'a', {})
        const finalizers = ['example.com/keep']
        const target = { ...plain, metadata: { ...plain.metadata, finalizers } }
        const { uid = '', resourceVersion = '' } = (await apply(target)).object.metadata
        const info = await kind('v1', 'ConfigMap')
        await cluster.remove(info, keyOf(target), {
          uid,
          resourceVersion,
          propagation: 'background',
        })
        expect((await live(target)).metadata.deletionTimestamp).toBeTypeOf('string')
        await subject.edit(keyOf(target), { metadata: { finalizers: null } }, 'kubectl-edit')
        expect(await cluster.get(info, plain.metadata.namespace ?? '', 'a')).toBeUndefined()
      },
      async 'lists are complete over many pages'() {
        const scope = await namespace()
        const names = Array.from({ length: 2 * PAGE_SIZE + 1 }, (_, index) => `page-${index}`)
        for (const name of names) await apply(aConfigMap(scope, name, { a: '1' }))
        const { items, resourceVersion } = await cluster.listMetadata(await kind('v1', 'ConfigMap'))
        const own = items.filter(({ metadata }) => metadata.namespace === scope)
        expect(namesOf(own)).toEqual(expect.arrayContaining(names))
        for (const { apiVersion, kind: itemKind, metadata, ...rest } of own) {
          expect([apiVersion, itemKind, rest]).toEqual(['v1', 'ConfigMap', {}])
          expect(metadata.uid).toBeTypeOf('string')
        }
        expect(resourceVersion).toMatch(/^\d+$/)
        const page = own.find(({ metadata }) => metadata.name === 'page-0')
        expect(page?.metadata).toEqual((await live(aConfigMap(scope, 'page-0', {}))).metadata)
      },
      async 'a list keeps to its namespace and labels'() {
        const scope = await namespace()
        for (const [name, app] of ['a-x', 'b-x', 'c-y', 'd-x', 'e-x'].map((each) =>
          each.split('-'),
        )) {
          const target = aConfigMap(scope, name ?? '', { a: '1' })
          await apply({ ...target, metadata: { ...target.metadata, labels: { app: app ?? '' } } })
        }
        const info = await kind('v1', 'ConfigMap')
        const found = await cluster.list(info, { namespace: scope, labelSelector: 'app=x' })
        expect(namesOf(found)).toEqual(['a', 'b', 'd', 'e'])
        expect(found[0]).toEqual(await live(aConfigMap(scope, 'a', {})))
      },
      async 'a JSON patch changes what it names, on the version it names'() {
        const plain = aConfigMap(await namespace(), 'a', { a: '1' })
        const annotations = { 'example.com/a': '1' }
        const target = { ...plain, metadata: { ...plain.metadata, annotations } }
        const { object } = await apply(target)
        const info = await kind('v1', 'ConfigMap')
        const onVersion = {
          op: 'replace',
          path: '/metadata/resourceVersion',
          value: object.metadata.resourceVersion,
        }
        const patched = await cluster.patch(info, keyOf(target), [
          { op: 'replace', path: '/metadata/annotations/example.com~1a', value: '2' },
          { op: 'add', path: '/data/b', value: '1' },
          onVersion,
        ])
        expect([patched['data'], patched.metadata.annotations]).toEqual([
          { a: '1', b: '1' },
          { 'example.com/a': '2' },
        ])
        const stale = [{ op: 'remove', path: '/data' }, onVersion]
        expect(await refusalOf(cluster.patch(info, keyOf(target), stale))).toMatchObject({
          status: 409,
        })
      },
    }

    async function movesOwnershipFrom(manager: string): Promise<void> {
      const target = aConfigMap(await namespace(), 'a', { a: '1', b: '1' })
      await subject.create(target, manager)
      const smaller = withData(target, { a: '1' })
      await apply(smaller, { observed: await live(target) })
      expect((await live(target))['data']).toEqual({ a: '1', b: '1' })

      const observed = await live(target)
      const patch = ownershipPatch(observed, FIELD_MANAGER) ?? []
      const moved = await cluster.patch(await kind('v1', 'ConfigMap'), keyOf(target), patch)
      await apply(smaller, { observed: moved })
      expect((await live(target))['data']).toEqual({ a: '1' })
      expect(ownershipPatch(await live(target), FIELD_MANAGER)).toBeUndefined()
    }

    /** Serves `Widget`, whose schema knows nothing, in a group of its own. */
    async function serveWidgets(prefix: string): Promise<string> {
      const group = `${prefix}.example.com`
      await apply(aWidgetDefinition(group))
      await expect
        .poll(
          () => {
            cluster.refreshKinds()
            return cluster.kindOf(group, 'Widget')
          },
          { timeout: 10_000, interval: 50 },
        )
        .toBeDefined()
      return group
    }

    for (const law of CLUSTER_LAWS) {
      const difference = differences[law]
      if (difference === undefined) test(law, laws[law])
      else test.fails(`${law} (differs: ${difference})`, laws[law])
    }
  })
}

const DEPLOYMENTS = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  resource: 'deployments',
  namespaced: true,
}

const refusalOf = (request: Promise<unknown>) =>
  request.then((answer) => ({ code: 'none', answer }), faultOf)

const namesOf = (manifests: readonly Manifest[]): string[] =>
  manifests.map(({ metadata }) => metadata.name ?? '').toSorted()

async function removeNow(cluster: Cluster, kind: string, namespace: string, name: string) {
  const group = kind === 'ClusterRole' ? 'rbac.authorization.k8s.io' : ''
  const info = await cluster.kindOf(group, kind)
  const live = info && (await cluster.get(info, namespace, name))
  if (info === undefined || live === undefined) return
  const { uid = '', resourceVersion = '' } = live.metadata
  await cluster.remove(
    info,
    { group, kind, namespace, name },
    { uid, resourceVersion, propagation: 'background' },
  )
}

const aNamespace = (name: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name },
})

const aConfigMap = (
  namespace: string,
  name: string,
  data: Readonly<Record<string, string>>,
): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  ...(Object.keys(data).length === 0 ? {} : { data }),
})

const withData = (manifest: Manifest, data: JsonObject): Manifest => ({ ...manifest, data })

const aDeployment = (
  namespace: string,
  name: string,
  container: Readonly<Record<string, Json>> = {},
  app = name,
): Manifest => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app } },
    template: {
      metadata: { labels: { app } },
      spec: { containers: [{ name: 'web', image: 'nginx:1.27', ...container }] },
    },
  },
})

const aWidgetDefinition = (group: string): Manifest => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `widgets.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { kind: 'Widget', plural: 'widgets', singular: 'widget', listKind: 'WidgetList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        },
      },
    ],
  },
})
