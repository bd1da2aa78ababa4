import type { Manifest } from '../manifest/manifest.ts'
import { isObject, type Json, type JsonObject } from '../std/json.ts'

export interface Objects {
  readonly manifests: readonly Manifest[]
  /** What is wrong with the others, each naming its document (counted from one). */
  readonly problems: readonly string[]
}

/**
 * The Kubernetes objects in the documents of one file. Lists are flattened; empty documents, and
 * documents that have nothing of a Kubernetes object (a `values.yaml`), are left out.
 */
export function manifestsIn(documents: readonly Json[]): Objects {
  const found = documents.flatMap((document, index) =>
    objectsIn(document, `document ${index + 1}`).map(({ value, where }) => ({
      value,
      problems: problemsOf(value).map((problem) => `${where}: ${problem}`),
    })),
  )
  return {
    manifests: found
      .filter(({ problems }) => problems.length === 0)
      .map(({ value }) => sound(value)),
    problems: found.flatMap(({ problems }) => problems),
  }
}

/** The one place where JSON becomes a `Manifest`: what the type promises has been checked. */
const sound = (value: JsonObject): Manifest => value as Manifest

interface Found {
  readonly value: JsonObject
  readonly where: string
}

const OBJECT_FIELDS = ['apiVersion', 'kind', 'metadata', 'spec'] as const

function objectsIn(document: Json, where: string): readonly Found[] {
  if (Array.isArray(document)) {
    return document.flatMap((item: Json, index) => objectsIn(item, `${where}, item ${index + 1}`))
  }
  if (!isObject(document)) return []
  const items = listItems(document)
  if (items !== undefined) {
    return items.flatMap((item, index) => objectsIn(item, `${where}, item ${index + 1}`))
  }
  const isKubernetes = OBJECT_FIELDS.some((field) => document[field] !== undefined)
  return isKubernetes ? [{ value: document, where }] : []
}

/** Items of a `List` or of a typed one (`ConfigMapList`), whose items may leave their kind out. */
function listItems(document: JsonObject): readonly Json[] | undefined {
  const { kind, items, apiVersion } = document
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) return undefined
  const itemKind = kind.slice(0, -'List'.length)
  if (itemKind === '') return items
  return items.map((item: Json) =>
    isObject(item) ? { apiVersion, kind: itemKind, ...item } : item,
  )
}

function problemsOf(object: JsonObject): readonly string[] {
  const { apiVersion, kind, metadata } = object
  const title = typeof kind === 'string' && kind !== '' ? kind : 'the object'
  const problems = [
    isText(apiVersion) ? undefined : `${title} has no apiVersion`,
    isText(kind) ? undefined : 'the object has no kind',
    ...(isAbsent(metadata) || isObject(metadata)
      ? metadataProblems(title, metadata ?? {})
      : [`metadata of ${title} is not a map`]),
  ]
  return problems.filter((problem) => problem !== undefined)
}

const isText = (value: Json | undefined): boolean => typeof value === 'string' && value !== ''

function metadataProblems(title: string, metadata: JsonObject): readonly (string | undefined)[] {
  const { name, generateName } = metadata
  const isNamed = isText(name) || isText(generateName)
  const notText = (['name', 'generateName', 'namespace'] as const).filter(
    (field) => !isAbsent(metadata[field]) && typeof metadata[field] !== 'string',
  )
  return [
    isNamed || notText.length > 0 ? undefined : `${title} has no metadata.name`,
    ...notText.map((field) => `metadata.${field} of ${title} is not a string; quote it`),
    ...(['labels', 'annotations'] as const).flatMap((field) =>
      stringMapProblems(title, field, metadata[field]),
    ),
    ...(['finalizers', 'ownerReferences'] as const)
      .filter((field) => !isAbsent(metadata[field]) && !Array.isArray(metadata[field]))
      .map((field) => `metadata.${field} of ${title} is not a list`),
  ]
}

function stringMapProblems(
  title: string,
  field: string,
  value: Json | undefined,
): readonly string[] {
  if (isAbsent(value)) return []
  if (!isObject(value)) return [`metadata.${field} of ${title} is not a map`]
  return Object.keys(value)
    .filter((key) => typeof value[key] !== 'string')
    .map((key) => `metadata.${field}[${JSON.stringify(key)}] of ${title} is not a string; quote it`)
}

const isAbsent = (value: Json | undefined): value is null | undefined =>
  value === undefined || value === null
