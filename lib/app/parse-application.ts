import * as v from 'valibot'
import { isObject, type Json, type JsonObject } from '../std/json.ts'
import type { ApplicationSpec } from './application.ts'

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

/** Largest name that Kubernetes allows. */
export const NAME_LENGTH_MAX = 253
const NAME = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/

/** Reads an Application as Argo CD does: unknown fields stay, `status` and `operation` are ignored. */
export function parseApplication(body: Json | undefined): Parsed<ApplicationInput> {
  const parsed = v.safeParse(APPLICATION, body)
  if (!parsed.success) return { problems: describe(parsed.issues) }
  const { metadata, spec } = parsed.output
  const name = metadata.name ?? ''
  if (name.length > NAME_LENGTH_MAX || !NAME.test(name)) {
    return { problems: [badName(name)] }
  }
  return {
    value: {
      name,
      namespace: metadata.namespace ?? '',
      labels: metadata.labels ?? {},
      annotations: metadata.annotations ?? {},
      finalizers: metadata.finalizers ?? [],
      spec: normaliseSpec(spec as unknown as ApplicationSpec),
    },
    problems: [],
  }
}

export function parseApplicationSpec(body: Json | undefined): Parsed<ApplicationSpec> {
  const parsed = v.safeParse(SPEC, body)
  return parsed.success
    ? { value: normaliseSpec(parsed.output as unknown as ApplicationSpec), problems: [] }
    : { problems: describe(parsed.issues) }
}

/** Drops what says nothing, so that equal specs are equal (Argo CD 1.1, "Spec normalisation"). */
export function normaliseSpec(spec: ApplicationSpec): ApplicationSpec {
  const { source, sources, syncPolicy, ...rest } = prune(spec as unknown as JsonObject)
  return {
    ...rest,
    destination: (rest['destination'] ?? {}) as ApplicationSpec['destination'],
    project:
      typeof rest['project'] === 'string' && rest['project'] !== '' ? rest['project'] : 'default',
    ...(isObject(source) ? { source: withoutEmpty(source, TOOLS) } : {}),
    ...(Array.isArray(sources) && sources.length > 0
      ? {
          sources: sources.map((item: Json) => (isObject(item) ? withoutEmpty(item, TOOLS) : item)),
        }
      : {}),
    ...normalPolicy(syncPolicy),
  } as unknown as ApplicationSpec
}

const TOOLS = ['helm', 'kustomize', 'directory', 'plugin']

/** `automated: {}` means on, so it is the one empty object that stays. */
function normalPolicy(policy: Json | undefined): JsonObject {
  if (!isObject(policy)) return {}
  const kept = withoutEmpty(policy, ['retry', 'managedNamespaceMetadata', 'syncOptions'])
  return Object.keys(kept).length === 0 ? {} : { syncPolicy: kept }
}

const withoutEmpty = (value: JsonObject, keys: readonly string[]): JsonObject =>
  Object.fromEntries(
    Object.entries(value).filter(([key, item]) => !keys.includes(key) || !isEmpty(item)),
  )

const isEmpty = (value: Json | undefined): boolean =>
  Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0

/** Without `null`, empty strings and flags that are off, as Go's `omitempty` has it. */
function prune(value: JsonObject): JsonObject {
  const kept: Record<string, Json> = {}
  for (const [key, item] of Object.entries(value)) {
    if (item === null || item === undefined || item === '') continue
    if (item === false && FLAGS.has(key)) continue
    if (FREE_FORM.has(key)) kept[key] = item
    else if (isObject(item)) kept[key] = prune(item)
    else if (key === 'sources' && Array.isArray(item)) kept[key] = item.map(pruneItem)
    else kept[key] = item
  }
  return kept
}

const pruneItem = (item: Json): Json => (isObject(item) ? prune(item) : item)

/** `automated.enabled` is not among them: off and absent are different things there. */
const FLAGS = new Set([
  'prune',
  'selfHeal',
  'allowEmpty',
  'recurse',
  'disableExtensionFilter',
  'refresh',
])

/** Maps whose keys are the user's own: their empty values mean something. */
const FREE_FORM = new Set([
  'labels',
  'annotations',
  'valuesObject',
  'commonLabels',
  'commonAnnotations',
])

const badName = (name: string): string =>
  `metadata.name: Invalid value: "${name}": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', start and end with an alphanumeric character, and have at most ${NAME_LENGTH_MAX}`

const text = v.nullish(v.string(), undefined)
const flag = v.nullish(v.boolean(), undefined)
const integer = v.nullish(v.pipe(v.number(), v.integer()), undefined)
const strings = v.nullish(v.record(v.string(), v.string()), undefined)
const tool = v.nullish(v.looseObject({}), undefined)

const SOURCE = v.looseObject({
  repoURL: text,
  path: text,
  targetRevision: text,
  chart: text,
  ref: text,
  name: text,
  helm: tool,
  kustomize: tool,
  plugin: tool,
  directory: v.nullish(
    v.looseObject({
      recurse: flag,
      include: text,
      exclude: text,
      disableExtensionFilter: flag,
      jsonnet: tool,
    }),
    undefined,
  ),
})

const SPEC = v.looseObject({
  project: text,
  source: v.nullish(SOURCE, undefined),
  sources: v.nullish(v.array(SOURCE), undefined),
  destination: v.nullish(v.looseObject({ server: text, name: text, namespace: text }), undefined),
  syncPolicy: v.nullish(
    v.looseObject({
      automated: v.nullish(
        v.looseObject({ enabled: flag, prune: flag, selfHeal: flag, allowEmpty: flag }),
        undefined,
      ),
      syncOptions: v.nullish(v.array(v.string()), undefined),
      retry: v.nullish(
        v.looseObject({
          limit: integer,
          refresh: flag,
          backoff: v.nullish(
            v.looseObject({ duration: text, factor: integer, maxDuration: text }),
            undefined,
          ),
        }),
        undefined,
      ),
    }),
    undefined,
  ),
  ignoreDifferences: v.nullish(v.array(v.looseObject({})), undefined),
  info: v.nullish(v.array(v.looseObject({ name: v.string(), value: v.string() })), undefined),
  revisionHistoryLimit: integer,
})

const APPLICATION = v.looseObject({
  metadata: v.looseObject({
    name: text,
    namespace: text,
    labels: strings,
    annotations: strings,
    finalizers: v.nullish(v.array(v.string()), undefined),
  }),
  spec: SPEC,
})

const describe = (issues: readonly v.BaseIssue<unknown>[]): readonly string[] =>
  issues.map((issue) => {
    const path = v.getDotPath(issue)
    const found = `expected ${issue.expected ?? 'another value'} but found ${issue.received}`
    return path === null ? found : `${path}: ${found}`
  })
