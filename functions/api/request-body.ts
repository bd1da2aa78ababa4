import * as v from 'valibot'
import { ArgosyError } from '../../lib/fault/fault.ts'
import type { Parsed } from '../../lib/app/parse-application.ts'
import { type Json, parseJson, stringifyJson } from '../../lib/std/json.ts'
import type { ApiContext } from './api-context.ts'

/** Largest request that is read; the largest Application spec is far below. */
export const BODY_BYTES_MAX = 2 * 1024 * 1024

/** The body as JSON; an empty one is an empty object. Throws `InvalidArgument`. */
export async function readJson(c: ApiContext): Promise<Json> {
  const text = await c.req.text()
  if (text.trim() === '') return {}
  try {
    return parseJson(text)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw invalid(`request body is not JSON: ${reason}`, cause)
  }
}

/** The body in the shape of a schema; fields that the schema does not name are ignored. */
export async function readBody<S extends v.GenericSchema>(
  c: ApiContext,
  schema: S,
): Promise<v.InferOutput<S>> {
  const parsed = v.safeParse(schema, await readJson(c))
  if (parsed.success) return parsed.output
  const problems = parsed.issues.map(
    (issue) => `${v.getDotPath(issue) ?? 'body'}: ${issue.message}`,
  )
  throw invalid(`request body is invalid: ${problems.join('; ')}`)
}

/** The value, or `InvalidArgument` with everything that is wrong with it. */
export function valueOf<T>(parsed: Parsed<T>, what: string): T {
  if (parsed.value !== undefined) return parsed.value
  throw invalid(`${what} is invalid: ${parsed.problems.join('; ')}`)
}

/** A JSON response that keeps integers beyond 2^53 exact. */
export const jsonResponse = (value: unknown): Response =>
  new Response(stringifyJson(value), { headers: { 'Content-Type': 'application/json' } })

const invalid = (message: string, cause?: unknown): ArgosyError =>
  new ArgosyError({ code: 'InvalidArgument', message }, { cause })
