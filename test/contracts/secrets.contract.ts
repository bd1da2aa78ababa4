import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createManualClock } from '../../lib/clock/manual-clock.ts'
import { faultOf } from '../../lib/fault/fault.ts'
import type { DataKeys } from '../../lib/secrets/data-keys.ts'
import { createEnvelopeSecrets, SECRET_BYTES_MAX } from '../../lib/secrets/envelope.ts'
import type { Secrets } from '../../lib/secrets/port.ts'

export interface SecretsSubject {
  readonly keys: DataKeys
  /** The keys as another process, or this one after a restart, would have them. */
  again(): DataKeys
  close(): Promise<void>
}

const codeOf = async (call: Promise<unknown>) =>
  call.then(
    () => 'no fault',
    (error: unknown) => faultOf(error).code,
  )

/** The laws of `lib/secrets/port.ts`, over any keeper of the master key. */
export function secretsContract(adapter: string, create: () => Promise<SecretsSubject>): void {
  describe(`secrets over ${adapter}`, () => {
    let subject: SecretsSubject
    let secrets: Secrets
    const clock = createManualClock(0)
    beforeAll(async () => {
      subject = await create()
      secrets = createEnvelopeSecrets(subject.keys, clock)
    })
    afterAll(() => subject.close())

    test('any text comes back', async () => {
      const texts = fc.oneof(
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom('', '\ufeffx', '\u0000'),
      )
      await fc.assert(
        fc.asyncProperty(texts, async (plain) => {
          const sealed = await secrets.seal('acme', 'git:https://git.example.com', plain)
          expect(await secrets.open('acme', 'git:https://git.example.com', sealed)).toBe(plain)
        }),
        { numRuns: 50 },
      )
    })

    test('what was sealed opens after a restart', async () => {
      const sealed = await secrets.seal('acme', 'p', 'password')
      const later = createEnvelopeSecrets(subject.again(), clock)
      expect(await later.open('acme', 'p', sealed)).toBe('password')
    })

    test('the same text is sealed differently each time, and never shown', async () => {
      const sealed = [
        await secrets.seal('acme', 'p', 'hunter2'),
        await secrets.seal('acme', 'p', 'hunter2'),
      ]
      expect(new Set(sealed).size).toBe(2)
      expect(sealed.filter((text) => text.includes('hunter2'))).toEqual([])
      expect(sealed.filter((text) => !/^v1\.[\w-]+\.[\w-]+$/.test(text))).toEqual([])
    })

    test.for<[string, string, string]>([
      ['another tenant', 'rival', 'p'],
      ['another purpose', 'acme', 'q'],
      ['both swapped', 'p', 'acme'],
      ['the border moved', 'acm', 'ep'],
      ['case', 'ACME', 'p'],
    ])('nothing opens for %s', async ([, tenant, purpose]) => {
      const sealed = await secrets.seal('acme', 'p', 'x')
      // Before and after that tenant has a key of its own at hand.
      expect(await codeOf(secrets.open(tenant, purpose, sealed))).toBe('Internal')
      await secrets.seal(tenant, purpose, 'y')
      expect(await codeOf(secrets.open(tenant, purpose, sealed))).toBe('Internal')
    })

    test('a wrapped key of one context does not open what was sealed in another', async () => {
      const [, key = ''] = (await secrets.seal('rival', 'p', 'x')).split('.')
      const [version, , body] = (await secrets.seal('acme', 'p', 'x')).split('.')
      const forged = [version, key, body].join('.')
      expect([
        await codeOf(secrets.open('acme', 'p', forged)),
        await codeOf(secrets.open('rival', 'p', forged)),
      ]).toEqual(['Internal', 'Internal'])
    })

    test.for<[string, (sealed: string) => string]>([
      ['nothing', () => ''],
      ['plain text', () => 'hunter2'],
      ['an unknown version', (sealed) => sealed.replace('v1', 'v2')],
      ['one part too many', (sealed) => `${sealed}.x`],
      ['no key', (sealed) => sealed.replace(/\..*\./, '..')],
      ['no body', (sealed) => sealed.replace(/\.[^.]*$/, '.')],
      ['a body cut short', (sealed) => sealed.slice(0, -4)],
      ['one changed character of the body', (sealed) => changed(sealed, -5)],
      ['one changed character of the key', (sealed) => changed(sealed, 10)],
    ])('what was changed does not open: %s', async ([, change]) => {
      const sealed = await secrets.seal('acme', 'p', 'hunter2')
      const failed: unknown = await secrets.open('acme', 'p', change(sealed)).catch((e) => e)
      expect(faultOf(failed).code).toBe('Internal')
      expect(String(failed)).not.toContain('hunter2')
    })

    test('a secret above the limit is refused', async () => {
      const longest = 'x'.repeat(SECRET_BYTES_MAX)
      const sealed = await secrets.seal('acme', 'p', longest)
      expect(await secrets.open('acme', 'p', sealed)).toBe(longest)
      expect(await codeOf(secrets.seal('acme', 'p', `${longest}x`))).toBe('LimitExceeded')
    })
  })
}

/** Another character at `index`, counted from the end when negative. */
function changed(text: string, index: number): string {
  const at = index < 0 ? text.length + index : index
  return `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`
}
