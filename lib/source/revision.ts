import { ArgosyError } from '../fault/fault.ts'

/** What a list of refs says of each; the shape is the Git port's. */
export interface NamedCommit {
  /** `HEAD`, `refs/heads/main`, `refs/tags/v1`. */
  readonly name: string
  readonly commit: string
}

export type Resolution = { readonly commit: string } | { readonly abbreviated: string }

/**
 * What a target revision means: nothing or `HEAD`, a full commit id, a full ref name, a branch,
 * a tag, then a commit id of seven digits or more; `undefined` when it is none of these. The
 * order is Argo CD's (`util/git`, `lsRemote`). Throws `Unimplemented` for a range of versions.
 */
export function resolveRevision(
  refs: readonly NamedCommit[],
  targetRevision: string | undefined,
): Resolution | undefined {
  const wanted = targetOf(targetRevision)
  if (FULL_ID.test(wanted)) return { commit: wanted.toLowerCase() }
  const commits = new Map(refs.map((ref) => [ref.name, ref.commit]))
  const commit = refNamesFor(wanted)
    .map((name) => commits.get(name))
    .find((id) => id !== undefined)
  if (commit !== undefined) return { commit }
  if (ABBREVIATED_ID.test(wanted)) return { abbreviated: wanted.toLowerCase() }
  if (VERSION_RANGE.test(wanted))
    throw new ArgosyError({ code: 'Unimplemented', feature: `a version range (${wanted})` })
  return undefined
}

/** Names of the refs that a target revision can mean, the likelier first; none for a commit id. */
export function refNamesFor(targetRevision: string | undefined): readonly string[] {
  const wanted = targetOf(targetRevision)
  if (FULL_ID.test(wanted)) return []
  if (wanted === 'HEAD' || wanted.startsWith('refs/')) return [wanted]
  return [`refs/heads/${wanted}`, `refs/tags/${wanted}`]
}

const targetOf = (targetRevision: string | undefined): string => targetRevision?.trim() || 'HEAD'

const FULL_ID = /^[0-9a-fA-F]{40}$/
const ABBREVIATED_ID = /^[0-9a-fA-F]{7,39}$/
/** Operators, wildcards and spans of Masterminds' semver; plain versions are names of tags. */
const VERSION_RANGE = /[\^~<>=*]|\|\||\s-\s|(^|\.)[xX](\.|$)/
