import { constructFromEvents, EVENT_ID, parseEvents, YAMLException } from 'js-yaml'
import { ArgosyError } from '../fault/fault.ts'
import type { Json } from '../std/json.ts'
import { jsonSize } from './json-size.ts'
import { isUnsupported, KUBERNETES_SCHEMA, UNSUPPORTED } from './yaml-schema.ts'

/** Characters of one text once its aliases are written out: what stops a "billion laughs". */
export const YAML_EXPANDED_SIZE_MAX = 10_000_000
/** Keys that `<<` may copy in one text. */
export const YAML_MERGE_KEYS_MAX = 100_000
/** How deep collections may nest; the same bound ends an alias that contains itself. */
export const YAML_DEPTH_MAX = 100

/** The level of the documents themselves. */
const AROUND = 1

/**
 * Reads every document of a text as kubectl reads it; empty documents are `null`. Throws
 * `InvalidArgument` that begins with the line, or `LimitExceeded` when aliases or merges explode.
 */
export function readYaml(text: string): readonly Json[] {
  try {
    const events = parseEvents(text, { maxDepth: YAML_DEPTH_MAX + AROUND })
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
function asJson(document: unknown): Json {
  if (!isUnsupported(document)) return document === undefined ? null : (document as Json)
  throw new ArgosyError({ code: 'InvalidArgument', message: UNSUPPORTED })
}

function limitExpansion(documents: readonly unknown[]): void {
  const limits = { sizeMax: YAML_EXPANDED_SIZE_MAX, depthMax: YAML_DEPTH_MAX + AROUND }
  if (!Number.isFinite(jsonSize(documents, limits))) {
    throw tooLarge('YAML expansion', YAML_EXPANDED_SIZE_MAX)
  }
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
