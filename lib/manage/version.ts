import type { Caller } from '../access/caller.ts'

/** Of this program. */
export const ARGOSY_VERSION = '0.1.0'

/**
 * Clients of Argo CD decide by the server's version what they may ask, so the version of the API
 * that is answered leads; what answers it follows as build metadata.
 */
const API_VERSION = `v3.6.0+argosy.${ARGOSY_VERSION}`

export interface BuildInfo {
  readonly commit: string
  readonly buildDate: string
  readonly platform: string
  readonly runtime: string
}

export interface VersionJson {
  readonly Version: string
  readonly BuildDate?: string
  readonly GitCommit?: string
  readonly GoVersion?: string
  readonly Compiler?: string
  readonly Platform?: string
}

/** `GoVersion` and `Compiler` name what runs this program: clients print them as they come. */
export const getVersion = (caller: Caller | undefined, build: BuildInfo | undefined): VersionJson =>
  caller === undefined || build === undefined
    ? { Version: API_VERSION }
    : {
        Version: API_VERSION,
        BuildDate: build.buildDate,
        GitCommit: build.commit,
        GoVersion: build.runtime,
        Compiler: 'none',
        Platform: build.platform,
      }
