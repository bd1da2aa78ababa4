import { expect, test } from 'vitest'
import { tableDefinition } from './dynamo-table.ts'

test('every attribute that a key names is defined, and no other', () => {
  const {
    AttributeDefinitions = [],
    KeySchema = [],
    GlobalSecondaryIndexes = [],
  } = tableDefinition('argosy')
  const inKeys = [KeySchema, ...GlobalSecondaryIndexes.map((index) => index.KeySchema ?? [])]
    .flat()
    .map(({ AttributeName }) => AttributeName)
  const defined = AttributeDefinitions.map(({ AttributeName }) => AttributeName)
  expect(new Set(defined)).toEqual(new Set(inKeys))
  expect(new Set(defined).size).toBe(defined.length)
})
