import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb'
import { DUE, DUE_SHARD } from './port.ts'

/** Renaming one of these needs a new table. */
export const PARTITION_KEY = 'pk'
export const SORT_KEY = 'sk'
export const DUE_INDEX = 'due'
/** Epoch seconds after which DynamoDB may drop an item; within days, so nobody relies on it. */
export const TIME_TO_LIVE = 'expires'

/**
 * The table, as `CreateTable` takes it and the CDK stack repeats it. The index holds keys only:
 * a key is all that the poller needs, and an item whose other attributes change does not touch it.
 */
export const tableDefinition = (name: string): CreateTableCommandInput => ({
  TableName: name,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: PARTITION_KEY, AttributeType: 'S' },
    { AttributeName: SORT_KEY, AttributeType: 'S' },
    { AttributeName: DUE_SHARD, AttributeType: 'S' },
    { AttributeName: DUE, AttributeType: 'N' },
  ],
  KeySchema: [
    { AttributeName: PARTITION_KEY, KeyType: 'HASH' },
    { AttributeName: SORT_KEY, KeyType: 'RANGE' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: DUE_INDEX,
      KeySchema: [
        { AttributeName: DUE_SHARD, KeyType: 'HASH' },
        { AttributeName: DUE, KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ],
})
