import { parseJson, stringifyJson } from '../../lib/std/json.ts'
import { Failure } from '../failure.ts'

/** JSON with two spaces, as `argocd -o json`. */
export const formatJson = (value: unknown): string => `${stringifyJson(value, 2)}\n`

/** YAML with sorted keys, as `argocd -o yaml`. */
export async function formatYaml(value: unknown): Promise<string> {
  const { writeYaml } = await import('../../lib/manifest/write-yaml.ts')
  return writeYaml(parseJson(stringifyJson(value)))
}

/** Whether the output format is one of these; `undefined` asks for the first. */
export function checkOutput<const F extends string>(
  format: string | undefined,
  known: readonly [F, ...F[]],
): F {
  if (format === undefined || format === '') return known[0]
  const found = known.find((candidate) => candidate === format)
  if (found !== undefined) return found
  throw new Failure(`unknown output format: ${format}; use ${known.join(', ')}`)
}
