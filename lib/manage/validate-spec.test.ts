import { beforeEach, expect, test } from 'vitest'
import { guestbook } from '../../test/builders/guestbook.ts'
import {
  createMemoryPlatform,
  type MemoryPlatform,
  REPO_URL,
  TENANT,
} from '../../test/builders/memory-platform.ts'
import type { ApplicationSpec } from '../app/application.ts'
import type { Git } from '../git/port.ts'
import type { Ports } from '../reconcile/ports.ts'
import { getRepository } from '../state/repositories.ts'
import { LOOK_BELIEVED_MS, validateSpec } from './validate-spec.ts'

let platform: MemoryPlatform
let listings: number
let ports: Ports

beforeEach(async () => {
  platform = await createMemoryPlatform()
  platform.repository.commit({ files: guestbook() })
  listings = 0
  const git: Git = {
    ...platform.ports.git,
    listRefs: (...request) => {
      listings++
      return platform.ports.git.listRefs(...request)
    },
  }
  ports = { ...platform.ports, git }
})

const validate = (source: Partial<ApplicationSpec['source']> = {}): Promise<void> =>
  validateSpec(ports, {
    tenant: TENANT,
    name: 'guestbook',
    spec: {
      project: 'default',
      source: { repoURL: REPO_URL, path: 'guestbook', ...source },
      destination: { name: 'in-cluster', namespace: 'default' },
    },
  })

test('a mistyped repository is refused, and nobody will check it from now on', async () => {
  const repoURL = 'https://git.example.com/mistyped'
  await expect(validate({ repoURL })).rejects.toThrow('repository not accessible')
  expect(await getRepository(ports.state, TENANT, repoURL)).toBeUndefined()
})

test('a spec that is right stores nothing about its repository either', async () => {
  await validate()
  expect(await getRepository(ports.state, TENANT, REPO_URL)).toBeUndefined()
})

test('one look serves the validations of two seconds, but for what is missing', async () => {
  const looks = async (path: string): Promise<number> => {
    const before = listings
    await validate({ path }).catch(() => undefined)
    return listings - before
  }
  expect([await looks('guestbook'), await looks('guestbook')]).toEqual([1, 0])
  expect(await looks('nowhere')).toBe(1)
  platform.clock.advance(LOOK_BELIEVED_MS + 1)
  expect(await looks('guestbook')).toBe(1)
})

test('what is missing may have been pushed since, so it is looked for again', async () => {
  await validate()
  await expect(validate({ targetRevision: 'new' })).rejects.toThrow("unable to resolve 'new'")
  const manifests = guestbook()['guestbook/guestbook-ui.yaml'] ?? ''
  platform.repository.commit({ files: { 'other/a.yaml': manifests } })
  await validate({ path: 'other' })
})

test('a look is not believed longer because it was believed', async () => {
  await validate()
  platform.clock.advance(LOOK_BELIEVED_MS - 1)
  await validate()
  platform.clock.advance(2)
  await validate()
  expect(listings).toBe(2)
})

test('a commit needs no list of refs', async () => {
  const targetRevision = platform.repository.commit({ files: guestbook() })
  await validate({ targetRevision })
  expect(listings).toBe(0)
})
