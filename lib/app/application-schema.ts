import * as v from 'valibot'
import { isObject } from '../std/json.ts'

/**
 * The form of an Application as valibot checks it: the types of the fields that are read
 * somewhere. Fields that are not listed pass as they are; `null` is absence.
 */

const optional = <S extends v.GenericSchema>(schema: S) => v.nullish(schema, undefined)

/** A schema behind a check that valibot leaves out: to it, a list is an object with the keys 0, 1, 2. */
const noList = <S extends v.GenericSchema>(schema: S): S =>
  v.pipe(v.custom<unknown>(isObject), schema as v.GenericSchema) as unknown as S

const map = <const E extends v.ObjectEntries>(entries: E) => noList(v.looseObject(entries))

const text = optional(v.string())
const flag = optional(v.boolean())
const integer = optional(v.pipe(v.number(), v.integer()))
const texts = optional(v.array(v.string()))
const textMap = optional(noList(v.record(v.string(), v.string())))
const anything = optional(map({}))

const SOURCE = map({
  repoURL: text,
  path: text,
  targetRevision: text,
  chart: text,
  ref: text,
  name: text,
  helm: anything,
  kustomize: anything,
  plugin: anything,
  directory: optional(
    map({
      recurse: flag,
      include: text,
      exclude: text,
      disableExtensionFilter: flag,
      jsonnet: anything,
    }),
  ),
})

const RETRY = map({
  limit: integer,
  refresh: flag,
  backoff: optional(map({ duration: text, factor: integer, maxDuration: text })),
})

const SYNC_POLICY = map({
  automated: optional(map({ enabled: flag, prune: flag, selfHeal: flag, allowEmpty: flag })),
  syncOptions: texts,
  retry: optional(RETRY),
  managedNamespaceMetadata: anything,
})

export const SPEC_SCHEMA = map({
  project: text,
  source: optional(SOURCE),
  sources: optional(v.array(SOURCE)),
  destination: optional(map({ server: text, name: text, namespace: text })),
  syncPolicy: optional(SYNC_POLICY),
  ignoreDifferences: optional(v.array(map({}))),
  info: optional(v.array(map({ name: v.string(), value: v.string() }))),
  revisionHistoryLimit: integer,
})

export const APPLICATION_SCHEMA = map({
  kind: text,
  metadata: map({
    name: text,
    namespace: text,
    labels: textMap,
    annotations: textMap,
    finalizers: texts,
  }),
  spec: SPEC_SCHEMA,
})
