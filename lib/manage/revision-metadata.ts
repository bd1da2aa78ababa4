import type { Caller } from '../access/caller.ts'
import type { Ports } from '../reconcile/ports.ts'
import { normaliseRepoUrl } from '../source/repo-url.ts'
import { toRfc3339 } from '../std/rfc3339.ts'
import { type ApplicationRef, findApplication } from './find-application.ts'
import { firstSource } from './present-application.ts'

export interface RevisionMetadataJson {
  readonly author: string
  readonly date: string
  readonly message: string
}

/** Who made a commit of the Application's repository, when and why. */
export async function getRevisionMetadata(
  ports: Pick<Ports, 'state' | 'git'>,
  caller: Caller,
  ref: ApplicationRef,
  commit: string,
): Promise<RevisionMetadataJson> {
  const record = await findApplication(ports, caller, ref, 'get')
  const repo = { url: normaliseRepoUrl(firstSource(record).repoURL) }
  const info = await ports.git.commitInfo(caller.tenant, repo, commit)
  return { author: info.author, date: toRfc3339(info.date), message: info.message }
}
