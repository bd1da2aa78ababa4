import { ArgosyError } from '../fault/fault.ts'

/** Argo CD's default `passwordPattern` (1.18). */
export const PASSWORD_PATTERN = '^.{8,32}$'

/** Throws `InvalidArgument`, in Argo CD's words, when the password does not match the pattern. */
export function checkNewPassword(password: string): void {
  if (new RegExp(PASSWORD_PATTERN, 'u').test(password)) return
  throw new ArgosyError({
    code: 'InvalidArgument',
    message: `New password does not match the following expression: ${PASSWORD_PATTERN}.`,
  })
}
