import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { join } from 'node:path'
import { RECEIVES_MAX, VISIBILITY_TIMEOUTS, WORKERS } from '../functions/config-names.ts'
import { ArgosyError } from '../lib/fault/fault.ts'
import { tableDefinition } from '../lib/state/dynamo-table.ts'
import { lockDataFolder } from './data-lock.ts'
import { startDynamo, type LocalDynamo } from './dynamo.ts'
import { startSqs, type LocalSqs } from './sqs.ts'

export interface LocalAws {
  readonly dynamo: Omit<LocalDynamo, 'stop'>
  readonly sqs: Omit<LocalSqs, 'stop'>
  /** Name of the table, which exists. */
  readonly table: string
  stop(): Promise<void>
}

const TABLE_NAME = 'argosy'

/**
 * The embedded AWS: DynamoDB on disk in `dataDir`, SQS in memory, both over real HTTP on
 * 127.0.0.1. Throws `FailedPrecondition` when another process holds the folder.
 */
export async function startLocalAws({ dataDir }: { readonly dataDir: string }): Promise<LocalAws> {
  const lock = lockDataFolder(dataDir)
  const started: { stop(): Promise<void> }[] = []
  const stop = async () => {
    try {
      await Promise.all(started.map((server) => server.stop()))
    } finally {
      lock.release()
    }
  }
  try {
    const dynamo = await startDynamo({ path: join(dataDir, 'dynamodb') })
    started.push(dynamo)
    const sqs = await startSqs({
      visibilitySeconds: VISIBILITY_SECONDS,
      receivesMax: RECEIVES_MAX,
    })
    started.push(sqs)
    await createTable(dynamo.client)
    return { dynamo, sqs, table: TABLE_NAME, stop }
  } catch (cause) {
    await stop()
    throw cause
  }
}

const VISIBILITY_SECONDS = {
  repo: WORKERS.repo.timeoutSeconds * VISIBILITY_TIMEOUTS,
  app: WORKERS.app.timeoutSeconds * VISIBILITY_TIMEOUTS,
  cluster: WORKERS.cluster.timeoutSeconds * VISIBILITY_TIMEOUTS,
}

async function createTable(client: DynamoDBClient): Promise<void> {
  try {
    await client.send(new CreateTableCommand(tableDefinition(TABLE_NAME)))
  } catch (cause) {
    // It is there already: this is not the first start on this folder.
    if (cause instanceof Error && cause.name === 'ResourceInUseException') return
    const detail = cause instanceof Error ? cause.message : String(cause)
    const message = `table ${TABLE_NAME} could not be created: ${detail}`
    throw new ArgosyError({ code: 'Internal', message }, { cause })
  }
}
