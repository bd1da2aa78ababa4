import { expect, test } from 'vitest'
import { createMemoryPlatform, REPO_URL, TENANT } from '../../test/builders/memory-platform.ts'
import { guestbook } from '../../test/builders/guestbook.ts'
import { IN_CLUSTER_SERVER } from '../app/application.ts'
import { LOOK_BELIEVED_MS, validateSpec } from './validate-spec.ts'

test('one look at a repository serves the validations of two seconds, but for what is missing', async () => {
  const { ports, clock, repository } = await createMemoryPlatform()
  repository.commit({ files: guestbook() })
  let looks = 0
  const git = {
    ...ports.git,
    listRefs: (...args: Parameters<typeof ports.git.listRefs>) => {
      looks++
      return ports.git.listRefs(...args)
    },
  }
  const validate = async (path: string): Promise<number> => {
    const before = looks
    const source = { repoURL: REPO_URL, path }
    const destination = { server: IN_CLUSTER_SERVER, namespace: 'default' }
    const spec = { project: 'default', source, destination }
    await validateSpec({ ...ports, git }, { tenant: TENANT, name: 'app', spec }).catch(
      () => undefined,
    )
    return looks - before
  }
  expect([await validate('guestbook'), await validate('guestbook')]).toEqual([1, 0])
  expect(await validate('nowhere')).toBe(1)
  clock.advance(LOOK_BELIEVED_MS + 1)
  expect(await validate('guestbook')).toBe(1)
})
