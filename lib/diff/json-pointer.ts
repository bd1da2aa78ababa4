import { isObject, type Json } from '../std/json.ts'

/**
 * A JSON value without what a pointer (RFC 6901) names; the value itself where the pointer leads
 * nowhere. Nothing is changed in place.
 */
export function removePointer(value: Json, pointer: string): Json {
  if (!pointer.startsWith('/')) return value
  const steps = pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  return removePath(value, steps)
}

function removePath(value: Json, [step = '', ...rest]: readonly string[]): Json {
  if (Array.isArray(value)) return removeFromArray(value, step, rest)
  if (!isObject(value) || !Object.hasOwn(value, step)) return value
  const { [step]: child, ...others } = value
  if (rest.length === 0 || child === undefined) return others
  return { ...value, [step]: removePath(child, rest) }
}

function removeFromArray(list: readonly Json[], step: string, rest: readonly string[]): Json {
  const index = /^(0|[1-9]\d*)$/.test(step) ? Number(step) : -1
  const child = list[index]
  if (child === undefined) return list
  return rest.length === 0 ? list.toSpliced(index, 1) : list.with(index, removePath(child, rest))
}
