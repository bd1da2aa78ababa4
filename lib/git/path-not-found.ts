import { ArgosyError } from '../fault/fault.ts'

export const pathNotFound = (path: string, revision: string): ArgosyError =>
  new ArgosyError({ code: 'PathNotFound', path, revision })
