import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { buildApp } from 'fauxqs'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createFileBlobs } from '../../lib/blobs/file-blobs.ts'
import { createMemoryBlobs } from '../../lib/blobs/memory-blobs.ts'
import { createS3Blobs } from '../../lib/blobs/s3-blobs.ts'
import { faultOf } from '../../lib/fault/fault.ts'
import { digestText } from '../../lib/std/digest.ts'
import { countRequests } from '../../local/count-requests.ts'
import { credentialsOf, LOCAL_REGION } from '../../local/local-account.ts'
import { blobsContract, type BlobsSubject } from './blobs.contract.ts'

const folders: string[] = []
const freshFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'argosy-blobs-'))
  folders.push(folder)
  return folder
}
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

blobsContract('memory', async (): Promise<BlobsSubject> => ({
  blobs: createMemoryBlobs(),
  async close() {},
}))

blobsContract('files', async (): Promise<BlobsSubject> => ({
  blobs: createFileBlobs(join(freshFolder(), 'not there yet')),
  async close() {},
}))

blobsContract('S3', async (): Promise<BlobsSubject> => {
  const app = buildApp({ logger: false, defaultRegion: LOCAL_REGION })
  const endpoint = await app.listen({ host: '127.0.0.1', port: 0 })
  const client = new S3Client({
    endpoint,
    region: LOCAL_REGION,
    credentials: credentialsOf('local'),
    forcePathStyle: true,
  })
  await client.send(new CreateBucketCommand({ Bucket: 'argosy' }))
  const counter = countRequests(client)
  return {
    blobs: createS3Blobs(client, 'argosy'),
    requests: () => counter.count(),
    async close() {
      client.destroy()
      app.server.closeAllConnections()
      await app.close()
    },
  }
})

const filesOf = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .toSorted()

test('files lie in a few folders, readable by their owner alone, and nothing else is left', async () => {
  const folder = freshFolder()
  const digest = digestText('x')
  await createFileBlobs(folder).put('Acme/1', digest, new Uint8Array([1]))
  expect(filesOf(folder)).toEqual([`blobs/%41cme%2f1/${digest.slice(0, 2)}/${digest}`])
  expect(statSync(join(folder, filesOf(folder)[0] ?? '')).mode & 0o777).toBe(0o600)
})

test('a write or read that fails leaves nothing behind and says which blob', async () => {
  const folder = freshFolder()
  const digest = digestText('x')
  const blobs = createFileBlobs(folder)
  // A folder where the file should be.
  await mkdir(join(folder, 'blobs', 'acme', digest.slice(0, 2), digest), { recursive: true })
  const failures: unknown[] = [
    await blobs.put('acme', digest, new Uint8Array([1])).catch((error: unknown) => error),
    await blobs.get('acme', digest).catch((error: unknown) => error),
  ]
  for (const failure of failures) {
    expect(faultOf(failure).code).toBe('Internal')
    expect(failure).toHaveProperty('message', expect.stringContaining(`blob ${digest}: `))
  }
  expect(filesOf(folder)).toEqual([])
})

test('an unfinished file of a process that died is never read', async () => {
  const folder = freshFolder()
  const digest = digestText('x')
  const blobs = createFileBlobs(folder)
  await blobs.put('acme', digestText('other'), new Uint8Array([1]))
  await writeFile(join(folder, 'tmp', digest), 'half')
  expect(await blobs.get('acme', digest)).toBe(undefined)
})
