import { SYNC_PHASES, type SyncPhase } from '../app/status.ts'
import type { ResourceKey } from '../manifest/key.ts'
import { annotation, type Manifest } from '../manifest/manifest.ts'
import type { ComparedResource } from './task.ts'

export const HOOK_ANNOTATION = 'argocd.argoproj.io/hook'
export const HELM_HOOK_ANNOTATION = 'helm.sh/hook'

/** Helm's hooks in terms of ours (1.5); `crd-install` marks an ordinary object. */
const HELM_HOOKS: ReadonlyMap<string, string> = new Map([
  ['pre-install', 'PreSync'],
  ['pre-upgrade', 'PreSync'],
  ['post-install', 'PostSync'],
  ['post-upgrade', 'PostSync'],
  ['pre-delete', 'PreDelete'],
  ['post-delete', 'PostDelete'],
])
const HELM_ORDINARY = 'crd-install'

/**
 * The hook types that an object names, without doubles; `undefined` for an ordinary object. Our
 * own annotation wins over Helm's. Types that nobody knows stay: such a hook has no phase and
 * never runs (1.5).
 */
export function hookTypesOf(manifest: Manifest): readonly string[] | undefined {
  const own = annotation(manifest, HOOK_ANNOTATION)
  if (own !== undefined) return listOf(own)
  const helm = annotation(manifest, HELM_HOOK_ANNOTATION)
  if (helm === undefined) return undefined
  const types = listOf(helm).filter((type) => type !== HELM_ORDINARY)
  return types.length === 0
    ? undefined
    : [...new Set(types.map((type) => HELM_HOOKS.get(type) ?? type))]
}

export const isHook = (manifest: Manifest): boolean => hookTypesOf(manifest) !== undefined

/** The phases of a sync in which a hook runs, in their order. */
export function hookPhasesOf(manifest: Manifest): readonly SyncPhase[] {
  const types = hookTypesOf(manifest) ?? []
  return SYNC_PHASES.filter((phase) => types.includes(phase))
}

export interface Hook {
  readonly key: ResourceKey
  readonly phases: readonly SyncPhase[]
}

/** The hooks in Git that would run in a sync; those for deletion, `Skip` and unknown ones would not. */
export const hooksOf = (resources: readonly ComparedResource[]): readonly Hook[] =>
  resources.flatMap(({ key, target }) => {
    const phases = target === undefined ? [] : hookPhasesOf(target)
    return phases.length === 0 ? [] : [{ key, phases }]
  })

const listOf = (text: string): readonly string[] => [
  ...new Set(
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  ),
]
