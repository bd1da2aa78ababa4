import type { ResourceKey } from '../manifest/key.ts'
import { compileGlob } from '../std/glob.ts'
import type { Json, JsonObject } from '../std/json.ts'

/**
 * JSON pointers that an Application ignores in one object: `ignoreDifferences` items whose group,
 * kind, name and namespace fit it (1.6). They are globs (`*`, `?`); an absent name or namespace
 * fits all, an absent group the core group only.
 */
export const ignoredPointers = (
  rules: readonly JsonObject[],
  key: ResourceKey,
): readonly string[] =>
  rules.filter((rule) => fits(rule, key)).flatMap((rule) => textsOf(rule['jsonPointers']))

/** Ways of ignoring that are not there yet, by the field that asks for them. */
export const unsupportedIgnores = (rules: readonly JsonObject[]): readonly string[] =>
  ['jqPathExpressions', 'managedFieldsManagers'].filter((field) =>
    rules.some((rule) => textsOf(rule[field]).length > 0),
  )

const fits = (rule: JsonObject, key: ResourceKey): boolean =>
  matches(textOf(rule['group']) ?? '', key.group) &&
  matches(textOf(rule['kind']) ?? '', key.kind) &&
  matches(textOf(rule['name']) || '*', key.name) &&
  matches(textOf(rule['namespace']) || '*', key.namespace)

/** A malformed glob fits nothing. */
const matches = (glob: string, text: string): boolean => compileGlob(glob)?.(text) ?? false

const textOf = (value: Json | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined

const textsOf = (value: Json | undefined): readonly string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []
