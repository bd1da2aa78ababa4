import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { countRequests } from './count-requests.ts'
import { credentialsOf, LOCAL_REGION } from './local-account.ts'

test('every request is counted, retries too, from the moment the counter is there', async () => {
  let received = 0
  const server = createServer((_, response) => {
    received++
    response.statusCode = received === 2 ? 500 : 200
    response.end('{"TableNames":[]}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    region: LOCAL_REGION,
    credentials: credentialsOf('local'),
  })
  await client.send(new ListTablesCommand({}))
  const counter = countRequests(client)
  expect(counter.count()).toBe(0)
  await client.send(new ListTablesCommand({}))
  expect([counter.count(), received]).toEqual([2, 3])
  client.destroy()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})
