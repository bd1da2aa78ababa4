import { ArgosyError } from '../fault/fault.ts'

/** Bytes of all manifest files of one directory together (Argo CD 1.2: 10M). */
export const DIRECTORY_BYTES_MAX = 10_000_000
/** Objects of one Application, from all its sources. */
export const OBJECTS_MAX = 5_000

export function limitBytes(path: string, bytes: number): void {
  if (bytes <= DIRECTORY_BYTES_MAX) return
  throw new ArgosyError({
    code: 'LimitExceeded',
    limit: 'directory bytes',
    message: `${path}: the manifest files have ${Number.isFinite(bytes) ? `${bytes} bytes` : 'too many bytes once their aliases are written out'}, the limit is ${DIRECTORY_BYTES_MAX}; split the application, or exclude files with directory.exclude`,
  })
}

export function limitObjects(count: number): void {
  if (count <= OBJECTS_MAX) return
  throw new ArgosyError({
    code: 'LimitExceeded',
    limit: 'objects',
    message: `the application has ${count} objects, the limit is ${OBJECTS_MAX}; split it into several applications`,
  })
}
