import { constructFromEvents, EVENT_ID, parseEvents, YAMLException } from 'js-yaml'
import { ArgosyError } from '../fault/fault.ts'
import type { Json } from '../std/json.ts'
import { KUBERNETES_SCHEMA } from './yaml-schema.ts'

/** Nodes of one text once its aliases are written out: what stops a "billion laughs". */
export const YAML_EXPANDED_NODES_MAX = 1_000_000
/** Keys that `<<` may copy in one text. */
export const YAML_MERGE_KEYS_MAX = 100_000
/** How deep collections may nest; the same bound ends an alias that contains itself. */
export const YAML_DEPTH_MAX = 100

/**
 * Reads every document of a text as kubectl reads it; empty documents are `null`. Throws
 * `InvalidArgument` that begins with the line, or `LimitExceeded` when aliases or merges explode.
 */
export function readYaml(text: string): readonly Json[] {
  try {
    const events = parseEvents(text, { maxDepth: YAML_DEPTH_MAX })
    const documents = constructFromEvents(events, {
      source: text,
      schema: KUBERNETES_SCHEMA,
      // kubectl lets the last of two equal keys win.
      json: true,
      maxTotalMergeKeys: YAML_MERGE_KEYS_MAX,
    })
    // Without an alias the tree is as large as its text, which has limits of its own.
    if (events.some((event) => event.type === EVENT_ID.ALIAS)) limitExpansion(documents)
    return documents.map(asJson)
  } catch (error) {
    throw translate(error)
  }
}

/** The schema makes nothing but JSON values, so this is where `unknown` becomes `Json`. */
const asJson = (document: unknown): Json => (document === undefined ? null : (document as Json))

function limitExpansion(documents: readonly unknown[]): void {
  let nodes = 0
  const visit = (value: unknown, depth: number): void => {
    nodes += 1
    if (nodes > YAML_EXPANDED_NODES_MAX) throw tooLarge('YAML nodes', YAML_EXPANDED_NODES_MAX)
    if (depth > YAML_DEPTH_MAX) throw tooLarge('YAML depth', YAML_DEPTH_MAX)
    if (typeof value !== 'object' || value === null) return
    for (const item of Object.values(value)) visit(item, depth + 1)
  }
  for (const document of documents) visit(document, 0)
}

const tooLarge = (limit: string, max: number): ArgosyError =>
  new ArgosyError({
    code: 'LimitExceeded',
    limit,
    message: `YAML aliases expand beyond the limit of ${max} (${limit}); write the values out, or use fewer aliases`,
  })

function translate(error: unknown): unknown {
  if (!(error instanceof YAMLException)) return error
  if (error.reason.includes('maxTotalMergeKeys')) {
    return tooLarge('YAML merge keys', YAML_MERGE_KEYS_MAX)
  }
  const line = error.mark === undefined ? '' : `line ${error.mark.line + 1}: `
  return new ArgosyError(
    { code: 'InvalidArgument', message: `${line}${error.reason}` },
    { cause: error },
  )
}
