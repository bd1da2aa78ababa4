import type { Manifest } from '../manifest/manifest.ts'
import { render as renderFiles } from '../render/render.ts'
import { digestJson } from '../std/digest.ts'
import { parseJson, stringifyJson } from '../std/json.ts'
import type { Ports } from './ports.ts'
import type { Resolved, ResolvedSource } from './resolve.ts'

/** Grows when the same files may render differently than before; old cache entries are then unused. */
const RENDER_VERSION = 1

export interface Rendered {
  readonly manifests: readonly Manifest[]
  readonly sourceTypes: readonly string[]
}

/**
 * Stage 2. Renders every source of a snapshot. What was rendered once from the same tree with the
 * same parameters is read from blobs (law 8); only otherwise files are fetched from Git.
 * Throws `RenderFailed`, `LimitExceeded`, `Unimplemented` and what Git throws.
 */
export async function render(
  ports: Ports,
  tenant: string,
  resolved: Resolved,
  options: { readonly useCache: boolean },
): Promise<Rendered> {
  const parts: RenderedSource[] = []
  for (const source of resolved.sources) {
    parts.push(await renderSource(ports, tenant, source, options))
  }
  return {
    manifests: parts.flatMap((part) => part.manifests),
    sourceTypes: parts.map((part) => part.sourceType),
  }
}

interface RenderedSource {
  readonly manifests: readonly Manifest[]
  readonly sourceType: string
}

async function renderSource(
  ports: Ports,
  tenant: string,
  resolved: ResolvedSource,
  options: { readonly useCache: boolean },
): Promise<RenderedSource> {
  const key = cacheKey(resolved)
  if (options.useCache) {
    const cached = await ports.blobs.get(tenant, key)
    if (cached !== undefined) {
      return parseJson(new TextDecoder().decode(cached)) as unknown as RenderedSource
    }
  }
  const { repo, commit, path, source } = resolved
  const files = await ports.git.readDirectory(tenant, repo, commit, path)
  const rendered = renderFiles(files, source)
  // Secrets are at rest only where they are sealed (law 11); rendering them anew is cheap.
  if (rendered.manifests.some(({ kind }) => kind === 'Secret')) return rendered
  await ports.blobs.put(tenant, key, new TextEncoder().encode(stringifyJson(rendered)))
  return rendered
}

/** Everything that the result depends on: the tree and how it is to be read, not where it came from. */
function cacheKey({ tree, source }: ResolvedSource): string {
  const { repoURL: _repo, targetRevision: _revision, path: _path, ...parameters } = source
  return digestJson({
    version: RENDER_VERSION,
    tree,
    parameters: JSON.parse(JSON.stringify(parameters)),
  })
}
