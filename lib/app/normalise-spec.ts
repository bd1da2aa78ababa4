import { isObject, type Json, type JsonObject } from '../std/json.ts'

/**
 * A spec without what says nothing, so that equal specs are equal (Argo CD 1.1, "Spec
 * normalisation"): empty values and settings go, the empty project becomes `default`.
 */
export function normaliseSpec(spec: JsonObject): JsonObject {
  const { project, source, sources, destination, syncPolicy, ...rest } = withoutBlanks(spec)
  const policy = isObject(syncPolicy) ? withoutEmpty(syncPolicy, POLICIES) : {}
  return {
    ...rest,
    project: project ?? 'default',
    destination: destination ?? {},
    ...(isObject(source) && { source: withoutEmpty(source, TOOLS) }),
    ...(Array.isArray(sources) && { sources: sources.map(normaliseSource) }),
    ...(!isEmpty(policy) && { syncPolicy: policy }),
  }
}

const normaliseSource = (source: Json): Json =>
  isObject(source) ? withoutEmpty(withoutBlanks(source), TOOLS) : source

/** What chooses the tool of a source when it is there, so an empty one must not be. */
const TOOLS = ['helm', 'kustomize', 'directory', 'plugin']

/** `automated` is not among them: `automated: {}` means on. */
const POLICIES = ['retry', 'managedNamespaceMetadata']

const withoutEmpty = (value: JsonObject, keys: readonly string[]): JsonObject =>
  Object.fromEntries(
    Object.entries(value).filter(([key, item]) => !keys.includes(key) || !isEmpty(item)),
  )

const isEmpty = (value: Json | undefined): boolean =>
  isObject(value) && Object.keys(value).length === 0

/** Without `null`, empty texts and lists, and flags that are off, as Go's `omitempty` has it. */
function withoutBlanks(value: JsonObject): JsonObject {
  const kept: Record<string, Json> = {}
  for (const [key, item] of Object.entries(value)) {
    if (isBlank(key, item)) continue
    const small = isObject(item) && !FREE_FORM.has(key) ? withoutBlanks(item) : item
    if (small === undefined || (ALWAYS_WRITTEN.has(key) && isEmpty(small))) continue
    kept[key] = small
  }
  return kept
}

const isBlank = (key: string, item: Json | undefined): boolean =>
  item === null ||
  item === undefined ||
  item === '' ||
  (Array.isArray(item) && item.length === 0) ||
  (item === false && FLAGS.has(key))

/** `automated.enabled` is not among them: off and absent are different things there. */
const FLAGS = new Set([
  'prune',
  'selfHeal',
  'allowEmpty',
  'recurse',
  'disableExtensionFilter',
  'refresh',
])

/** Argo CD's clients send it empty with every directory. */
const ALWAYS_WRITTEN = new Set(['jsonnet'])

/** Maps whose keys are the user's own: their empty values mean something. */
const FREE_FORM = new Set([
  'labels',
  'annotations',
  'valuesObject',
  'commonLabels',
  'commonAnnotations',
])
