import { ArgosyError } from '../fault/fault.ts'

/**
 * The path of a source within its repository, without `.` parts and slashes at the ends; '' is
 * the root. Throws `InvalidArgument` for a path that is absolute, climbs out or has a line break.
 */
export function cleanPath(path: string | undefined): string {
  const given = path ?? ''
  const parts = given.split('/').filter((part) => part !== '' && part !== '.')
  if (given.startsWith('/') || parts.includes('..') || given.includes('\n')) {
    throw new ArgosyError({
      code: 'InvalidArgument',
      message: `path ${JSON.stringify(given)} must lie within the repository; write it relative to the root, without '..'`,
    })
  }
  return parts.join('/')
}
