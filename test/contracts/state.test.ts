import { CreateTableCommand } from '@aws-sdk/client-dynamodb'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDynamoState } from '../../lib/state/dynamo-state.ts'
import { tableDefinition } from '../../lib/state/dynamo-table.ts'
import { createMemoryState } from '../../lib/state/memory-state.ts'
import { countRequests } from '../../local/count-requests.ts'
import { startDynamo } from '../../local/dynamo.ts'
import { stateContract, type StateSubject } from './state.contract.ts'

stateContract('memory', async (): Promise<StateSubject> => {
  const state = createMemoryState()
  return { state, requests: () => state.requests(), async close() {} }
})

stateContract('DynamoDB on disk', async (): Promise<StateSubject> => {
  const path = mkdtempSync(join(tmpdir(), 'argosy-state-'))
  const dynamo = await startDynamo({ path })
  await dynamo.client.send(new CreateTableCommand(tableDefinition('argosy')))
  const counter = countRequests(dynamo.client)
  return {
    state: createDynamoState(dynamo.client, 'argosy'),
    requests: () => counter.count(),
    async close() {
      await dynamo.stop()
      rmSync(path, { recursive: true, force: true })
    },
  }
})
