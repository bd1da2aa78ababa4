import type { Json } from '../std/json.ts'
import { type Manifest, valueAt } from './manifest.ts'

/** Where kinds that run containers keep their pod spec. */
const POD_SPECS: readonly (readonly string[])[] = [
  ['spec'],
  ['spec', 'template', 'spec'],
  ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
]
const CONTAINER_LISTS = ['initContainers', 'containers'] as const

/** The container images that a manifest names, each once, in order of their appearance. */
export function imagesOf(manifest: Manifest): readonly string[] {
  const lists = POD_SPECS.flatMap((path) =>
    CONTAINER_LISTS.map((list) => valueAt(manifest, ...path, list)),
  )
  return [...new Set(lists.flatMap(imagesIn))]
}

const imagesIn = (containers: Json | undefined): readonly string[] =>
  Array.isArray(containers)
    ? containers
        .map((container: Json) => valueAt(container, 'image'))
        .filter((image) => typeof image === 'string')
        .filter((image) => image !== '')
    : []
