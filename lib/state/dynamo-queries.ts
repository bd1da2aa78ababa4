import type { AttributeValue, QueryCommandInput } from '@aws-sdk/client-dynamodb'
import { DUE, DUE_SHARD, type DueEntry, type ItemQuery } from './port.ts'
import { type Attributes, decodeItem, encodeKey } from './dynamo-item.ts'
import { DUE_INDEX, PARTITION_KEY, SORT_KEY } from './dynamo-table.ts'
import { tablePartition } from './table-key.ts'
import { checkPageSize, checkQuery } from './table-rules.ts'

/** One page of a partition. A cursor is a sort key only, so no cursor leads into another tenant. */
export function queryInput(table: string, tenant: string, query: ItemQuery): QueryCommandInput {
  checkQuery(query)
  const { pk, skPrefix = '', limit, descending = false, cursor } = query
  const values: Record<string, AttributeValue> = { ':pk': { S: tablePartition(tenant, pk) } }
  // DynamoDB refuses an empty prefix, though every key begins with it.
  if (skPrefix !== '') values[':prefix'] = { S: skPrefix }
  return {
    TableName: table,
    ConsistentRead: true,
    ScanIndexForward: !descending,
    KeyConditionExpression:
      skPrefix === '' ? '#pk = :pk' : '#pk = :pk AND begins_with(#sk, :prefix)',
    ExpressionAttributeNames: { '#pk': PARTITION_KEY, ...(skPrefix !== '' && { '#sk': SORT_KEY }) },
    ExpressionAttributeValues: values,
    ...(limit !== undefined && { Limit: limit }),
    ...(cursor !== undefined && { ExclusiveStartKey: encodeKey(tenant, { pk, sk: cursor }) }),
  }
}

/** What is due in a shard, oldest first. */
export function dueInput(
  table: string,
  ask: { readonly shard: number; readonly now: number; readonly limit: number },
): QueryCommandInput {
  checkPageSize(ask.limit)
  return {
    TableName: table,
    IndexName: DUE_INDEX,
    KeyConditionExpression: '#shard = :shard AND #due <= :now',
    ExpressionAttributeNames: { '#shard': DUE_SHARD, '#due': DUE },
    ExpressionAttributeValues: {
      ':shard': { S: String(ask.shard) },
      ':now': { N: String(ask.now) },
    },
    Limit: ask.limit,
  }
}

export function decodeDueEntry(attributes: Attributes): DueEntry {
  const { tenant, item } = decodeItem(attributes)
  return { tenant, key: { pk: item.pk, sk: item.sk }, due: Number(item[DUE]) }
}
