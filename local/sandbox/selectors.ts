import { describeFault, faultOf } from '../../lib/fault/fault.ts'
import { parseSelector } from '../../lib/manifest/label-selector.ts'
import type { Manifest } from '../../lib/manifest/manifest.ts'
import { valueAt } from '../../lib/manifest/manifest.ts'
import { badRequest } from './status.ts'

/** Whether an object is asked for by `labelSelector` and `fieldSelector`. Throws 400 for a bad one. */
export function readSelector(query: URLSearchParams): (object: Manifest) => boolean {
  const isSelected = readLabelSelector(query.get('labelSelector') ?? '')
  const fields = (query.get('fieldSelector') ?? '').split(',').filter((term) => term !== '')
  const tests = fields.map(readFieldTerm)
  return (object) => isSelected(object.metadata.labels ?? {}) && tests.every((test) => test(object))
}

function readLabelSelector(selector: string): ReturnType<typeof parseSelector> {
  try {
    return parseSelector(selector)
  } catch (error) {
    throw badRequest(describeFault(faultOf(error)))
  }
}

/** Any field whose path is plain names, where a real server has a short list for each kind. */
function readFieldTerm(term: string): (object: Manifest) => boolean {
  const [, path = '', operator, wanted = ''] = /^([^=!]+)(==|=|!=)(.*)$/.exec(term) ?? []
  if (operator === undefined) throw badRequest(`invalid selector: '${term}'; can't understand it`)
  const steps = path.split('.')
  return (object) => {
    const value = valueAt(object, ...steps)
    const text = value === undefined || value === null ? '' : String(value as string)
    return (text === wanted) === (operator !== '!=')
  }
}
