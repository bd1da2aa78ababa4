import { expect, test } from 'vitest'
import { checkNewPassword } from './password.ts'

test.for([
  ['1234567', false],
  ['12345678', true],
  ['x'.repeat(32), true],
  ['x'.repeat(33), false],
  ['pässwörter', true],
  ['🙂'.repeat(8), true],
  ['line\nbreak', false],
] as const)('%j is a password: %s', ([password, accepted]) => {
  const check = (): void => checkNewPassword(password)
  if (accepted) expect(check).not.toThrow()
  else expect(check).toThrow('New password does not match the following expression: ^.{8,32}$.')
})
