import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { encodeScalar } from './dynamo-item.ts'
import { setsOf } from './table-rules.ts'
import type { Condition, ItemChange, Scalar } from './port.ts'

/** The fields of a command that expressions fill; those that would be empty are absent. */
export interface Expressions {
  readonly ConditionExpression?: string
  readonly UpdateExpression?: string
  readonly ExpressionAttributeNames?: Record<string, string>
  readonly ExpressionAttributeValues?: Record<string, AttributeValue>
}

/** A condition alone, as `PutItem` and `DeleteItem` take it. */
export function conditionExpressions(condition: Condition | undefined): Expressions {
  const placeholders = createPlaceholders()
  if (condition === undefined) return {}
  const ConditionExpression = conditionText(condition, placeholders)
  return { ConditionExpression, ...placeholders.fields() }
}

/** A change with its condition, as `UpdateItem` takes it. */
export function changeExpressions(change: ItemChange): Expressions {
  const placeholders = createPlaceholders()
  const UpdateExpression = changeText(change, placeholders)
  const { condition } = change
  return {
    ...(UpdateExpression !== '' && { UpdateExpression }),
    ...(condition !== undefined && {
      ConditionExpression: conditionText(condition, placeholders),
    }),
    ...placeholders.fields(),
  }
}

/** Names and values never stand in an expression: DynamoDB reserves hundreds of words. */
interface Placeholders {
  readonly name: (attribute: string) => string
  readonly value: (scalar: Scalar) => string
  readonly fields: () => Expressions
}

function createPlaceholders(): Placeholders {
  const names = new Map<string, string>()
  const values: Record<string, AttributeValue> = {}
  return {
    name(attribute) {
      const known = names.get(attribute)
      if (known !== undefined) return known
      const placeholder = `#${names.size}`
      names.set(attribute, placeholder)
      return placeholder
    },
    value(scalar) {
      const placeholder = `:${Object.keys(values).length}`
      values[placeholder] = encodeScalar(scalar)
      return placeholder
    },
    fields: () => ({
      ...(names.size > 0 && {
        ExpressionAttributeNames: Object.fromEntries([...names].map(([name, p]) => [p, name])),
      }),
      ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
    }),
  }
}

function changeText(change: ItemChange, { name, value }: Placeholders): string {
  const sets = Object.entries(setsOf(change)).map(([key, to]) => `${name(key)} = ${value(to)}`)
  const adds = Object.entries(change.add ?? {}).map(([key, by]) => `${name(key)} ${value(by)}`)
  const removes = (change.remove ?? []).map(name)
  return [clause('SET', sets), clause('ADD', adds), clause('REMOVE', removes)]
    .filter((text) => text !== '')
    .join(' ')
}

const clause = (verb: string, parts: readonly string[]): string =>
  parts.length === 0 ? '' : `${verb} ${parts.join(', ')}`

function conditionText(condition: Condition, placeholders: Placeholders): string {
  if ('all' in condition) return groupText(condition.all, 'AND', placeholders)
  if ('any' in condition) return groupText(condition.any, 'OR', placeholders)
  const { name, value } = placeholders
  const attribute = name(condition.attribute)
  if ('exists' in condition) return existence(attribute, condition.exists)
  if ('equals' in condition) return `${attribute} = ${value(condition.equals)}`
  if ('below' in condition) return `${attribute} < ${value(condition.below)}`
  // Whether two absent attributes are equal is nowhere documented, and emulators say yes.
  return `(${existence(attribute, true)} AND ${attribute} = ${name(condition.equalsAttribute)})`
}

const existence = (attribute: string, exists: boolean): string =>
  `attribute_${exists ? '' : 'not_'}exists(${attribute})`

/**
 * In parentheses only where something is joined: DynamoDB refuses redundant ones. It has no word
 * for true or false; an empty group says them by a key that is there or not.
 */
function groupText(
  conditions: readonly Condition[],
  joint: 'AND' | 'OR',
  placeholders: Placeholders,
): string {
  const texts = conditions.map((inner) => conditionText(inner, placeholders))
  if (texts.length === 0) {
    const key = placeholders.name('pk')
    return `(${existence(key, true)} ${joint === 'AND' ? 'OR' : 'AND'} ${existence(key, false)})`
  }
  return texts.length === 1 ? texts.join('') : `(${texts.join(` ${joint} `)})`
}
