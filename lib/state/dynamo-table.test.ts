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
  expect(AttributeDefinitions.map(({ AttributeName }) => AttributeName).toSorted()).toEqual(
    inKeys.toSorted(),
  )
})
