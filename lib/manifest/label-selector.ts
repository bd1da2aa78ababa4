import { ArgosyError } from '../fault/fault.ts'

type Labels = Readonly<Record<string, string>>

/**
 * Reads a Kubernetes label selector (`a=b,c!=d,e in (f,g),h notin (i),j,!k`) into a test.
 * Throws `InvalidArgument` for what is none.
 */
export function parseSelector(selector: string): (labels: Labels) => boolean {
  const tests = splitTerms(selector).map(parseTerm)
  return (labels) => tests.every((test) => test(labels))
}

/** Commas separate terms unless they stand in parentheses. */
const splitTerms = (selector: string): readonly string[] =>
  selector
    .split(/,(?![^(]*\))/)
    .map((term) => term.trim())
    .filter((term) => term !== '')

function parseTerm(term: string): (labels: Labels) => boolean {
  const set = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(term)
  if (set !== null) {
    const [, key = '', operator, list = ''] = set
    const values = new Set(list.split(',').map((value) => value.trim()))
    const has = (labels: Labels): boolean => values.has(labels[key] ?? '') && key in labels
    return operator === 'in' ? has : (labels) => !has(labels)
  }
  const pair = /^([^\s=!]+)\s*(==|=|!=)\s*([^\s=!]*)$/.exec(term)
  if (pair !== null) {
    const [, key = '', operator, value = ''] = pair
    return operator === '!=' ? (labels) => labels[key] !== value : (labels) => labels[key] === value
  }
  const [, negation, key] = /^(!?)([^\s=!()]+)$/.exec(term) ?? []
  if (key === undefined) {
    throw new ArgosyError({
      code: 'InvalidArgument',
      message: `unable to parse requirement: "${term}" is not a label selector`,
    })
  }
  return negation === '!' ? (labels) => !(key in labels) : (labels) => key in labels
}
