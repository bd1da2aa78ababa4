import { digestJson } from '../../lib/std/digest.ts'
import type { JsonObject } from '../../lib/std/json.ts'
import type { ServedKind } from './kinds.ts'

/**
 * Just enough of OpenAPI v3 for kubectl to see that the server validates fields itself: for each
 * kind a path whose PATCH takes `fieldValidation`. There are no schemas in it.
 */
export function openApiIndex(kinds: readonly ServedKind[]): JsonObject {
  const roots = new Set(kinds.map(rootOf))
  const paths = [...roots].map((root) => {
    const hash = digestJson(openApiOf(kinds, root) ?? {})
      .slice(0, 32)
      .toUpperCase()
    return [root, { serverRelativeURL: `/openapi/v3/${root}?hash=${hash}` }]
  })
  return { paths: Object.fromEntries(paths) as JsonObject }
}

const rootOf = ({ group, version }: ServedKind): string =>
  group === '' ? `api/${version}` : `apis/${group}/${version}`

/** The document of `api/v1` or `apis/<group>/<version>`; `undefined` when nothing is served there. */
export function openApiOf(kinds: readonly ServedKind[], root: string): JsonObject | undefined {
  const served = kinds.filter((kind) => rootOf(kind) === root)
  if (served.length === 0) return undefined
  const paths = served.map((kind) => {
    const scope = kind.namespaced ? '/namespaces/{namespace}' : ''
    return [`/${root}${scope}/${kind.resource}/{name}`, { patch: patchOf(kind) }]
  })
  return {
    openapi: '3.0.0',
    info: { title: 'Argosy sandbox cluster', version: 'v1.35.0' },
    paths: Object.fromEntries(paths) as JsonObject,
    components: { schemas: {} },
  }
}

const QUERY = ['dryRun', 'fieldManager', 'fieldValidation', 'force', 'pretty']

const patchOf = ({ group, version, kind }: ServedKind): JsonObject => ({
  parameters: QUERY.map((name) => ({ name, in: 'query', schema: { type: 'string' } })),
  responses: { 200: { description: 'OK' } },
  'x-kubernetes-action': 'patch',
  'x-kubernetes-group-version-kind': { group, version, kind },
})
