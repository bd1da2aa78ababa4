import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { type OwnerReference, splitApiVersion } from '../../../lib/manifest/manifest.ts'
import { ensureAdmin } from '../../../lib/manage/ensure-admin.ts'
import {
  createMemoryPlatform,
  type MemoryPlatform,
  TENANT,
} from '../../builders/memory-platform.ts'
import { createMemoryShell, type MemoryShell } from '../../builders/memory-shell.ts'
import { guestbook } from '../../builders/guestbook.ts'

/**
 * One story, told in the order in which it was captured: each step runs the command line of a
 * transcript and expects its text. `before` is what happened meanwhile; `replace` names each
 * difference that is meant, with its reason.
 */
interface Step {
  readonly file: string
  /** Which of the file's transcripts; the first by default. */
  readonly index?: number
  readonly before?: () => unknown
  /** Pairs of what `argocd` printed and what `argosy` prints instead. */
  readonly replace?: readonly (readonly [string, string])[]
}

let platform: MemoryPlatform
let shell: MemoryShell
let initialPassword = ''

beforeAll(async () => {
  platform = await createMemoryPlatform()
  platform.cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } })
  platform.repository.commit({ files: guestbook() })
  initialPassword = (await ensureAdmin(platform.ports, TENANT)) ?? ''
  shell = createMemoryShell(platform)
})

const settle = async (): Promise<void> => {
  platform.cluster.settle()
  await platform.sleep(5000)
}

/** What the Deployment's controllers made, by the names that they had. */
const addPod = (): void => {
  const uidOf = (group: string, kind: string, name: string): string => {
    const live = platform.cluster.read({ group, kind, namespace: 'default', name })
    return String(live?.metadata.uid)
  }
  const made = (apiVersion: string, kind: string, name: string, owner: OwnerReference): void => {
    const metadata = { name, namespace: 'default', ownerReferences: [owner] }
    platform.cluster.create({
      apiVersion,
      kind,
      metadata,
      spec: { replicas: 1, restartPolicy: 'Always' },
    })
    const { group } = splitApiVersion(apiVersion)
    const key = { group, kind, namespace: 'default', name }
    platform.cluster.edit(key, (object) => ({ ...object, status: READY }))
  }
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'guestbook-ui' }
  const uid = uidOf('apps', 'Deployment', deployment.name)
  const set = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'guestbook-ui-595dfdcd6' }
  made(set.apiVersion, set.kind, set.name, { ...deployment, uid, controller: true })
  const setUid = uidOf('apps', 'ReplicaSet', set.name)
  made('v1', 'Pod', `${set.name}-k28q4`, { ...set, uid: setUid, controller: true })
}
const READY = {
  observedGeneration: 1,
  replicas: 1,
  readyReplicas: 1,
  availableReplicas: 1,
  phase: 'Running',
  conditions: [{ type: 'Ready', status: 'True' }],
}

/** The worker asks for it, the cluster does it, the worker sees it. */
const deleteEverything = async (): Promise<void> => {
  await platform.work()
  for (const _ of ['Pod', 'ReplicaSet', 'Deployment']) await settle()
}

const STEPS: readonly Step[] = [
  { file: 'login' },
  { file: 'login', index: 1 },
  { file: 'context' },
  { file: 'account' },
  { file: 'account', index: 1 },
  { file: 'login', index: 2 },
  { file: 'app-list', index: 3 },
  { file: 'app-create' },
  { file: 'app-get' },
  { file: 'app-create', index: 1 },
  { file: 'app-create', index: 2 },
  { file: 'app-diff', before: () => platform.work() },
  { file: 'app-sync' },
  { file: 'app-sync', index: 1 },
  { file: 'app-wait', before: settle },
  { file: 'app-get', index: 1 },
  { file: 'app-get', index: 2 },
  { file: 'app-get', index: 6, before: addPod },
  { file: 'app-get', index: 3 },
  { file: 'app-get', index: 4 },
  { file: 'app-list' },
  { file: 'app-list', index: 1 },
  { file: 'app-list', index: 2 },
  { file: 'app-manifests' },
  { file: 'app-resources' },
  { file: 'app-diff', index: 1 },
  {
    file: 'app-get',
    index: 5,
    before: () => platform.repository.change(guestbook({ replicas: 2 })),
  },
  {
    file: 'app-diff',
    index: 2,
    // What the server keeps in `metadata` and `status` is left out of both sides here.
    replace: [['100c100', '9c9']],
  },
  { file: 'app-sync', index: 2 },
  { file: 'app-history' },
  { file: 'app-history', index: 1 },
  { file: 'app-rollback' },
  { file: 'app-set' },
  { file: 'app-rollback', index: 1 },
  { file: 'app-delete', index: 2 },
  { file: 'app-delete' },
  { file: 'app-delete', index: 1, before: deleteEverything },
]

describe('argosy prints what argocd prints', () => {
  for (const step of STEPS) {
    const [command, expected] = transcript(step)
    test(`${command} (${step.file} ${step.index ?? 0})`, async () => {
      await step.before?.()
      const printed = await shell.run(...withPasswords(command).split(' '))
      const meant = (step.replace ?? []).reduce(
        (text, [theirs, ours]) => text.replaceAll(theirs, ours),
        expected,
      )
      expect(normalise(printed)).toBe(normalise(meant))
    })
  }
  test('the server has nothing to complain about', () => {
    expect(platform.errors).toEqual([])
  })
})

function transcript({ file, index = 0 }: Step): readonly [string, string] {
  const text = readFileSync(join(import.meta.dirname, `${file}.txt`), 'utf8')
  const shown = text.split(/^\$ argocd /m).slice(1)[index] ?? ''
  const [command = '', ...output] = shown.split('\n')
  return [command, `${output.join('\n').trimEnd()}\n`]
}

const withPasswords = (command: string): string =>
  command.replaceAll('<INITIAL-PASSWORD>', initialPassword)

/** Times and object ids differ from run to run, but not in length. */
const normalise = (text: string): string =>
  text
    .replaceAll(/\d{4}-\d\d-\d\d([T ])\d\d:\d\d:\d\d/g, '2026-01-01$100:00:00')
    .replaceAll(/\b[0-9a-f]{40}\b/g, '0'.repeat(40))
    .replaceAll(/\([0-9a-f]{7}\)/g, '(0000000)')
