import { execFile } from 'node:child_process'
import { resolve } from 'node:path'

/** How a program ended, and what it printed. */
export interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

const PROGRAM = resolve(import.meta.dirname, '../../bin/argosy')

/**
 * `argosy` as people start it: a process of its own in another folder, its logins kept there. Words
 * are apart by one space, or items of a list.
 */
export const argosyIn =
  (folder: string) =>
  (words: string | readonly string[]): Promise<Ended> =>
    new Promise((done) => {
      const env = { PATH: process.env['PATH'], ARGOSY_CONFIG_DIR: folder }
      execFile(
        PROGRAM,
        typeof words === 'string' ? words.split(' ') : words,
        { cwd: folder, env },
        (error, out, err) => {
          done({ code: error === null ? 0 : Number(error.code), out, err })
        },
      )
    })
