import { ArgosyError } from '../fault/fault.ts'
import { isObject, type Json, jsonEqual, type JsonObject } from '../std/json.ts'

/**
 * Applies a JSON patch (RFC 6902: `add`, `replace`, `remove`, `test`). Throws `KubernetesError`
 * 422 as the API server does when a path is missing or a test fails.
 */
export function jsonPatch(value: JsonObject, operations: readonly object[]): JsonObject {
  return operations.reduce<JsonObject>((current, operation) => {
    const { op, path, value: operand } = operation as Operation
    const steps = path.split('/').slice(1).map(unescape)
    const patched = change(current, steps, { op, path, value: operand })
    return isObject(patched) ? patched : {}
  }, value)
}

interface Operation {
  readonly op: string
  readonly path: string
  readonly value?: Json | undefined
}

const unescape = (step: string): string => step.replaceAll('~1', '/').replaceAll('~0', '~')

function change(
  node: Json | undefined,
  [step, ...rest]: readonly string[],
  operation: Operation,
): Json | undefined {
  if (step === undefined) return replaced(node, operation)
  if (Array.isArray(node)) return changeItem(node, step, rest, operation)
  if (!isObject(node)) throw rejected(operation)
  const child = change(node[step], rest, operation)
  if (child !== undefined) return { ...node, [step]: child }
  const { [step]: _removed, ...others } = node
  return others
}

function changeItem(
  items: readonly Json[],
  step: string,
  rest: readonly string[],
  operation: Operation,
): Json {
  const index = step === '-' ? items.length : Number(step)
  if (rest.length === 0 && operation.op === 'add') {
    return items.toSpliced(index, 0, operation.value ?? null)
  }
  if (items[index] === undefined) throw rejected(operation)
  const item = change(items[index], rest, operation)
  return item === undefined ? items.toSpliced(index, 1) : items.with(index, item)
}

function replaced(node: Json | undefined, operation: Operation): Json | undefined {
  const { op, value = null } = operation
  if (op === 'add') return value
  if (node === undefined || (op === 'test' && !jsonEqual(node, value))) throw rejected(operation)
  if (op === 'test') return node
  if (op === 'replace') return value
  if (op === 'remove') return undefined
  throw rejected(operation)
}

const rejected = ({ op, path }: Operation): ArgosyError =>
  new ArgosyError({
    code: 'KubernetesError',
    status: 422,
    reason: 'Invalid',
    message: `the server rejected our request due to an error in our request: JSON patch ${op} of ${path}`,
  })
