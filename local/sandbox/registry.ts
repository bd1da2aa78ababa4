import type { Store } from './store.ts'
import { BUILT_IN_KINDS, kindsOfDefinition, type ServedKind } from './kinds.ts'

/** The kinds served now: built-in ones and those of CustomResourceDefinitions. */
export interface Registry {
  all(): readonly ServedKind[]
  byResource(group: string, version: string, resource: string): ServedKind | undefined
  /** The preferred version of a kind. */
  byKind(group: string, kind: string): ServedKind | undefined
}

export const DEFINITIONS = 'apiextensions.k8s.io/CustomResourceDefinition'

export function createRegistry(store: Store): Registry {
  let known: readonly ServedKind[] | undefined
  store.onEvent(({ collection }) => {
    if (collection === DEFINITIONS) known = undefined
  })
  const all = (): readonly ServedKind[] =>
    (known ??= [...BUILT_IN_KINDS, ...store.list(DEFINITIONS, '').flatMap(kindsOfDefinition)])

  return {
    all,
    byResource: (group, version, resource) =>
      all().find(
        (kind) => kind.group === group && kind.version === version && kind.resource === resource,
      ),
    byKind: (group, name) => all().find((kind) => kind.group === group && kind.kind === name),
  }
}
