import * as v from 'valibot'
import { valueAt } from '../manifest/manifest.ts'
import { parseDuration } from '../std/duration.ts'
import type { Json, JsonObject } from '../std/json.ts'
import type { ApplicationSpec } from './application.ts'
import { APPLICATION_SCHEMA, SPEC_SCHEMA } from './application-schema.ts'
import { normaliseSpec } from './normalise-spec.ts'

/** An Application as somebody sent it: what may be set from outside, checked for its form. */
export interface ApplicationInput {
  readonly name: string
  /** Empty when none was named. */
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly finalizers: readonly string[]
  readonly spec: ApplicationSpec
}

export interface Parsed<T> {
  readonly value?: T
  /** Everything that is wrong, each naming its field. */
  readonly problems: readonly string[]
}

/** Longest name that Kubernetes allows. */
export const NAME_LENGTH_MAX = 253
/** How many problems are told of one input. */
export const PROBLEMS_TOLD_MAX = 20

const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

/**
 * Reads an Application as Argo CD does: unknown fields stay, `status` and `operation` are ignored.
 * Whether it names a repository and a destination that exist is asked when it is validated.
 */
export function parseApplication(body: Json | undefined): Parsed<ApplicationInput> {
  const parsed = v.safeParse(APPLICATION_SCHEMA, body)
  const problems = [
    ...(parsed.issues ?? []).map(describeIssue),
    ...kindProblems(valueAt(body, 'kind')),
    ...nameProblems(valueAt(body, 'metadata', 'name')),
    ...specProblems(valueAt(body, 'spec')).map((problem) => `spec.${problem}`),
  ]
  if (!parsed.success || problems.length > 0) return { problems: bounded(problems) }
  const { metadata, spec } = parsed.output
  const value = {
    name: metadata.name ?? '',
    namespace: metadata.namespace ?? '',
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    finalizers: metadata.finalizers ?? [],
    spec: toSpec(spec),
  }
  return { value, problems: [] }
}

/** Reads a spec alone, by the same rules. */
export function parseApplicationSpec(body: Json | undefined): Parsed<ApplicationSpec> {
  const parsed = v.safeParse(SPEC_SCHEMA, body)
  const problems = [...(parsed.issues ?? []).map(describeIssue), ...specProblems(body)]
  return parsed.success && problems.length === 0
    ? { value: toSpec(parsed.output), problems: [] }
    : { problems: bounded(problems) }
}

/** The schema has checked every field that the type names. */
const toSpec = (spec: v.InferOutput<typeof SPEC_SCHEMA>): ApplicationSpec =>
  normaliseSpec(spec as JsonObject) as unknown as ApplicationSpec

const bounded = (problems: readonly string[]): readonly string[] =>
  problems.length <= PROBLEMS_TOLD_MAX
    ? problems
    : [
        ...problems.slice(0, PROBLEMS_TOLD_MAX),
        `and ${problems.length - PROBLEMS_TOLD_MAX} more problems`,
      ]

/** Says what was found by its type: a value might be a secret in the wrong place. */
function describeIssue(issue: v.BaseIssue<unknown>): string {
  const field = v.getDotPath(issue) ?? 'the body'
  if (issue.input === undefined) return `${field}: is missing`
  if (issue.type === 'integer') return `${field}: expected integer`
  return `${field}: expected ${nameOfType(issue.type)} but found ${typeOf(issue.input)}`
}

/** The one custom check of the schema is that for a map. */
const nameOfType = (type: string): string => {
  if (type === 'array') return 'list'
  return type === 'custom' ? 'map' : type
}

const typeOf = (value: unknown): string => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'list'
  return typeof value === 'object' ? 'map' : typeof value
}

/** Argo CD's clients may leave it out. */
const kindProblems = (kind: Json | undefined): readonly string[] =>
  typeof kind !== 'string' || kind === '' || kind === 'Application'
    ? []
    : [`kind: expected Application but found ${JSON.stringify(kind)}`]

function nameProblems(value: Json | undefined): readonly string[] {
  const name = value ?? ''
  if (typeof name !== 'string' || (name.length <= NAME_LENGTH_MAX && NAME.test(name))) return []
  return [
    `metadata.name: Invalid value: "${name}": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', start and end with an alphanumeric character, and have at most ${NAME_LENGTH_MAX}`,
  ]
}

function specProblems(spec: Json | undefined): readonly string[] {
  const backoff = valueAt(spec, 'syncPolicy', 'retry', 'backoff')
  const sources = valueAt(spec, 'sources')
  return [
    ...passwordProblems('source.repoURL', valueAt(spec, 'source', 'repoURL')),
    ...(Array.isArray(sources) ? sources : []).flatMap((source: Json, index) =>
      passwordProblems(`sources[${index}].repoURL`, valueAt(source, 'repoURL')),
    ),
    ...notNegative('revisionHistoryLimit', valueAt(spec, 'revisionHistoryLimit')),
    ...notNegative('syncPolicy.retry.backoff.factor', valueAt(backoff, 'factor')),
    ...durationProblems('syncPolicy.retry.backoff.duration', valueAt(backoff, 'duration')),
    ...durationProblems('syncPolicy.retry.backoff.maxDuration', valueAt(backoff, 'maxDuration')),
  ]
}

/** A spec is shown to everybody who may read the Application; a password in it would be, too. */
const passwordProblems = (field: string, url: Json | undefined): readonly string[] =>
  typeof url === 'string' && /^[a-z+]+:\/\/[^/@]*:[^/@]*@/i.test(url)
    ? [
        `${field}: holds a password; write the URL without it (repository credentials are not there yet)`,
      ]
    : []

const notNegative = (field: string, value: Json | undefined): readonly string[] =>
  typeof value === 'number' && value < 0 ? [`${field}: ${value} is negative`] : []

const durationProblems = (field: string, value: Json | undefined): readonly string[] =>
  typeof value !== 'string' || value === '' || parseDuration(value) !== undefined
    ? []
    : [`${field}: ${JSON.stringify(value)} is no duration; write it like 5s, 3m or 1h30m`]
