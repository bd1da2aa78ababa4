import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BLOB_BYTES_MAX, TENANT_SEGMENT_MAX } from '../../lib/blobs/blob-path.ts'
import type { Blobs } from '../../lib/blobs/port.ts'
import { faultOf } from '../../lib/fault/fault.ts'
import { digestText } from '../../lib/std/digest.ts'

export interface BlobsSubject {
  readonly blobs: Blobs
  /** Requests sent; `undefined` where nothing is sent. */
  requests?(): number
  close(): Promise<void>
}

const bytesOf = (text: string) => new TextEncoder().encode(text)
const codeOf = async (call: Promise<unknown>) =>
  call.then(
    () => 'no fault',
    (error: unknown) => faultOf(error).code,
  )

/** The laws of `lib/blobs/port.ts`, over any adapter. */
export function blobsContract(adapter: string, create: () => Promise<BlobsSubject>): void {
  describe(`blobs over ${adapter}`, () => {
    let subject: BlobsSubject
    let blobs: Blobs
    let digests = 0
    const freshDigest = () => digestText(`blob ${digests++}`)
    beforeAll(async () => {
      subject = await create()
      ;({ blobs } = subject)
    })
    afterAll(() => subject.close())

    test.for([
      ['text', bytesOf('hello')],
      ['nothing', new Uint8Array()],
      ['every byte', Uint8Array.from({ length: 256 }, (_, index) => index)],
      ['two megabytes', new Uint8Array(2 * 1024 * 1024).fill(7)],
    ] as const)('bytes come back as they were: %s', async ([, bytes]) => {
      const digest = freshDigest()
      await blobs.put('acme', digest, bytes)
      const found = await blobs.get('acme', digest)
      expect(found && Buffer.compare(found, bytes)).toBe(0)
    })

    test('what is not there is undefined', async () => {
      expect(await blobs.get('acme', freshDigest())).toBe(undefined)
    })

    test('a second put of the same is harmless, also at the same time', async () => {
      const digest = freshDigest()
      const bytes = bytesOf('same')
      await Promise.all(Array.from({ length: 8 }, () => blobs.put('acme', digest, bytes)))
      await blobs.put('acme', digest, bytes)
      expect(await blobs.get('acme', digest)).toEqual(bytes)
    })

    test('neither side can change what is stored', async () => {
      const digest = freshDigest()
      const given = bytesOf('kept')
      await blobs.put('acme', digest, given)
      given.fill(0)
      ;(await blobs.get('acme', digest))?.fill(0)
      expect(await blobs.get('acme', digest)).toEqual(bytesOf('kept'))
    })

    test.for(['rival', 'ACME', 'acme ', '.', '..', '../acme', 'acme/..', '%61cme', '/', '\\', 'ä'])(
      'no tenant reads or replaces what is another’s: %j',
      async (other) => {
        const digest = freshDigest()
        await blobs.put('acme', digest, bytesOf('acme'))
        expect(await blobs.get(other, digest)).toBe(undefined)
        await blobs.put(other, digest, bytesOf('other'))
        expect(await blobs.get(other, digest)).toEqual(bytesOf('other'))
        expect(await blobs.get('acme', digest)).toEqual(bytesOf('acme'))
      },
    )

    test.for<[string, string, string]>([
      ['no tenant', '', digestText('x')],
      ['a tenant that is too long', 'x'.repeat(TENANT_SEGMENT_MAX + 1), digestText('x')],
      ['half a character as tenant', '\ud800', digestText('x')],
      ['no digest', 'acme', ''],
      ['a path as digest', 'acme', '../../etc/passwd'],
      ['a short digest', 'acme', 'abc123'],
      ['a digest in capitals', 'acme', digestText('x').toUpperCase()],
      ['a digest with a line break', 'acme', `${digestText('x')}\n`],
    ])('%s is refused', async ([, tenant, digest]) => {
      expect([
        await codeOf(blobs.get(tenant, digest)),
        await codeOf(blobs.put(tenant, digest, bytesOf('x'))),
      ]).toEqual(['InvalidArgument', 'InvalidArgument'])
    })

    test('a blob above the limit is refused', async () => {
      const digest = freshDigest()
      const put = blobs.put('acme', digest, new Uint8Array(BLOB_BYTES_MAX + 1))
      expect(await codeOf(put)).toBe('LimitExceeded')
      expect(await blobs.get('acme', digest)).toBe(undefined)
    })

    test('each call is one request', async ({ skip }) => {
      const requests = () => subject.requests?.()
      if (requests() === undefined) skip('nothing is sent')
      const digest = freshDigest()
      const costs: (number | undefined)[] = [requests()]
      await blobs.get('acme', digest)
      costs.push(requests())
      await blobs.put('acme', digest, bytesOf('x'))
      costs.push(requests())
      await blobs.get('acme', digest)
      costs.push(requests())
      const [start = 0] = costs
      expect(costs).toEqual([start, start + 1, start + 2, start + 3])
    })
  })
}
