import { beforeEach, expect, test } from 'vitest'
import { guestbook } from '../../test/builders/guestbook.ts'
import {
  createMemoryPlatform,
  type MemoryPlatform,
  REPO_URL,
  TENANT,
} from '../../test/builders/memory-platform.ts'
import type { ApplicationSpec } from '../app/application.ts'
import { changeSpec } from '../state/applications.ts'
import { createApplication } from './create-application.ts'
import { getApplication, REFRESH_WAIT_MS_MAX } from './get-application.ts'
import type { ManagePorts } from './manage-ports.ts'
import { UPDATE_ATTEMPTS_MAX, updateApplication } from './update-application.ts'

// What the use cases do when nobody works, or somebody is always faster.

const ADMIN = { tenant: TENANT, subject: 'admin' }
const REF = { name: 'guestbook' }
const SPEC: ApplicationSpec = {
  project: 'default',
  source: { repoURL: REPO_URL, path: 'guestbook' },
  destination: { name: 'in-cluster', namespace: 'default' },
}

let platform: MemoryPlatform
let ports: ManagePorts

beforeEach(async () => {
  platform = await createMemoryPlatform()
  platform.repository.commit({ files: guestbook() })
  // Time passes, and no worker is there.
  ports = { ...platform.ports, sleep: async (milliseconds) => platform.clock.advance(milliseconds) }
  const input = {
    name: 'guestbook',
    namespace: '',
    labels: {},
    annotations: {},
    finalizers: [],
    spec: SPEC,
  }
  await createApplication(ports, ADMIN, input, { upsert: false, validate: true })
})

test('a refresh that nobody does is given up, and what is known is answered', async () => {
  const before = platform.clock.now()
  const app = await getApplication(ports, ADMIN, REF, 'normal')
  expect(app.status.sync.status).toBe('')
  const waited = platform.clock.now() - before
  expect(waited).toBeGreaterThanOrEqual(REFRESH_WAIT_MS_MAX)
  expect(waited).toBeLessThan(REFRESH_WAIT_MS_MAX + 1000)
})

test('who waits for a refresh asks less and less often', async () => {
  const pauses: number[] = []
  const sleep = (milliseconds: number): Promise<void> => {
    pauses.push(milliseconds)
    return ports.sleep(milliseconds)
  }
  await getApplication({ ...ports, sleep }, ADMIN, REF, 'normal')
  expect(pauses.slice(0, 6)).toEqual([50, 100, 200, 400, 500, 500])
  expect(pauses.length).toBeLessThan(50)
})

/** Before each of the next updates, somebody else changes the spec. */
function interfere(times: number): () => number {
  const inner = ports.state
  let left = times
  let generation = 1
  const state = {
    ...inner,
    update: async (...parameters: Parameters<ManagePorts['state']['update']>) => {
      if (left-- > 0) {
        const other = { spec: SPEC, labels: {}, annotations: {}, generation: generation++, now: 0 }
        await changeSpec(platform.ports.state, TENANT, 'guestbook', other)
      }
      return inner.update(...parameters)
    },
  }
  ports = { ...ports, state }
  return () => times - left
}

test('a change that somebody overtakes is tried again', async () => {
  interfere(UPDATE_ATTEMPTS_MAX - 1)
  const change = { spec: { ...SPEC, revisionHistoryLimit: 3 }, validate: false }
  const app = await updateApplication(ports, ADMIN, REF, change)
  expect(app.spec.revisionHistoryLimit).toBe(3)
})

test('a change that is always overtaken is given up', async () => {
  const attempts = interfere(1000)
  const change = { spec: { ...SPEC, revisionHistoryLimit: 3 }, validate: false }
  await expect(updateApplication(ports, ADMIN, REF, change)).rejects.toThrow(
    "application 'guestbook' was changed by somebody else meanwhile; try again",
  )
  expect(attempts()).toBe(UPDATE_ATTEMPTS_MAX)
})
