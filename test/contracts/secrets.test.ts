import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createManualClock } from '../../lib/clock/manual-clock.ts'
import { faultOf } from '../../lib/fault/fault.ts'
import { createEnvelopeSecrets } from '../../lib/secrets/envelope.ts'
import { createKeyFile } from '../../lib/secrets/key-file.ts'
import { createKmsKeys } from '../../lib/secrets/kms-keys.ts'
import { createMemoryKeys } from '../../lib/secrets/memory-keys.ts'
import { FAKE_KEY_ID, startFakeKms } from './fake-kms.ts'
import { secretsContract, type SecretsSubject } from './secrets.contract.ts'

const folders: string[] = []
const freshFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'argosy-secrets-'))
  folders.push(folder)
  return folder
}
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

secretsContract('memory', async (): Promise<SecretsSubject> => {
  const keys = createMemoryKeys()
  return { keys, again: () => keys, async close() {} }
})

secretsContract('a key file', async (): Promise<SecretsSubject> => {
  const path = join(freshFolder(), 'master.key')
  return { keys: createKeyFile(path), again: () => createKeyFile(path), async close() {} }
})

secretsContract('KMS', async (): Promise<SecretsSubject> => {
  const kms = await startFakeKms()
  const again = () => createKmsKeys(kms.client, FAKE_KEY_ID)
  return { keys: again(), again, close: () => kms.stop() }
})

const CONTEXT = { tenant: 'acme', purpose: 'p' }

test('the key file is made once, also by two at once, and readable by its owner alone', async () => {
  const folder = freshFolder()
  const path = join(folder, 'deeper', 'master.key')
  const many = Array.from({ length: 4 }, () => createKeyFile(path))
  const made = await Promise.all(many.map((keys) => keys.generate(CONTEXT)))
  for (const { plain, wrapped } of made) {
    for (const keys of many) expect(await keys.unwrap(CONTEXT, wrapped)).toEqual(plain)
  }
  expect(readdirSync(join(folder, 'deeper'))).toEqual(['master.key'])
  const { mode, size } = statSync(path)
  expect([mode & 0o777, size]).toEqual([0o600, 32])
})

test('a key file that others can read is refused, with the remedy, until it is put right', async () => {
  const path = join(freshFolder(), 'master.key')
  writeFileSync(path, new Uint8Array(32).fill(1))
  chmodSync(path, 0o644)
  const keys = createKeyFile(path)
  expect(faultOf(await keys.generate(CONTEXT).catch((error: unknown) => error))).toEqual({
    code: 'FailedPrecondition',
    message: `key file ${path} can be read by others; run chmod 600 ${path}`,
  })
  chmodSync(path, 0o600)
  expect((await keys.generate(CONTEXT)).plain).toHaveLength(32)
})

test('a key file of another size is refused, not replaced', async () => {
  const path = join(freshFolder(), 'master.key')
  writeFileSync(path, 'short', { mode: 0o600 })
  const failed: unknown = await createKeyFile(path)
    .generate(CONTEXT)
    .catch((error) => error)
  expect(faultOf(failed)).toEqual({
    code: 'FailedPrecondition',
    message: `key file ${path} has 5 bytes, not 32; restore it from a backup`,
  })
  expect(statSync(path).size).toBe(5)
})

test('KMS is asked once for what is sealed, and once for what a new process opens', async () => {
  const kms = await startFakeKms()
  const keys = createKmsKeys(kms.client, FAKE_KEY_ID)
  const secrets = createEnvelopeSecrets(keys, createManualClock(0))
  const sealed = await Promise.all(['a', 'b', 'c'].map((text) => secrets.seal('acme', 'p', text)))
  await Promise.all(sealed.map((text) => secrets.open('acme', 'p', text)))
  const context = '{"tenant":"acme","purpose":"p"}'
  expect(kms.asked).toEqual([`TrentService.GenerateDataKey ${context}`])

  const cold = createEnvelopeSecrets(keys, createManualClock(0))
  await Promise.all(sealed.map((text) => cold.open('acme', 'p', text)))
  expect(kms.asked.slice(1)).toEqual([`TrentService.Decrypt ${context}`])
  await kms.stop()
})

test.for([
  ['ThrottlingException', 'Throttled'],
  ['LimitExceededException', 'Throttled'],
  ['AccessDeniedException', 'Internal'],
  ['DisabledException', 'Internal'],
] as const)('%s of KMS is %s, and the next try asks anew', async ([error, code]) => {
  const kms = await startFakeKms()
  const secrets = createEnvelopeSecrets(
    createKmsKeys(kms.client, FAKE_KEY_ID),
    createManualClock(0),
  )
  kms.failWith(error)
  const failed: unknown = await secrets.seal('acme', 'p', 'hunter2').catch((e) => e)
  expect(faultOf(failed).code).toBe(code)
  kms.failWith(undefined)
  expect(await secrets.open('acme', 'p', await secrets.seal('acme', 'p', 'x'))).toBe('x')
  await kms.stop()
})
