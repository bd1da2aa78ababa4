import { isFinished, type OperationState } from '../../lib/app/status.ts'
import { faultOf } from '../../lib/fault/fault.ts'
import { keyOf, keyText } from '../../lib/manifest/key.ts'
import { render } from '../../lib/render/render.ts'
import { decodeApplication } from '../../lib/state/application-item.ts'
import { readDocuments } from '../../lib/state/documents.ts'
import type { Item } from '../../lib/state/port.ts'
import type { ApplicationRecord } from '../../lib/state/records.ts'
import { deadlineOf } from '../../lib/sync/operation-limits.ts'
import { waveOf } from '../../lib/sync/waves.ts'
import { nameOf, orderOfCommit, repoUrl, type World } from './world.ts'

/** How late a worker may come to an operation whose deadline is over. */
const LATE_MS = 10 * 60_000

/** What was seen of the operations of one Application. */
export interface SeenOperations {
  /** Terminal phases, by id. */
  readonly ended: Map<string, string>
  /** Order of the newest commit that an operation began with. */
  newest: number
  last?: OperationState
}

/**
 * Laws 4 to 6 on the operations of an Application, at every commit: one at a time; each ends once;
 * none begins with an older snapshot than the one before; a wave waits for the one before it.
 */
export async function checkOperations(
  world: World,
  tenant: string,
  before: Item | undefined,
  after: Item,
): Promise<void> {
  const was = before === undefined ? undefined : decodeApplication(tenant, before)
  const is = decodeApplication(tenant, after)
  const { operation } = await readDocuments(world, is, ['operation'])
  if (operation === undefined) return
  const seen = world.operations.get(is.uid) ?? { ended: new Map<string, string>(), newest: -1 }
  world.operations.set(is.uid, seen)
  const say = (law: number, problem: string): void =>
    void world.violations.add(`law ${law}: ${nameOf(tenant, is.name)} ${problem}`)

  checkEnding(seen, operation, is, say)
  checkSuccession(seen, was?.seen.running, is, say)
  checkSnapshot(world, seen, operation, say)
  await checkWaves(world, is, { operation, seen, say })
  if (!isFinished(operation.phase) && world.clock.now() > deadlineOf(operation) + LATE_MS) {
    say(6, 'still runs an operation whose deadline is over')
  }
  seen.last = operation
}

type Say = (law: number, problem: string) => void

/** Every operation ends in exactly one terminal phase. */
function checkEnding(
  { ended }: SeenOperations,
  { operation, phase }: OperationState,
  { seen: { running, summary } }: ApplicationRecord,
  say: Say,
): void {
  const end = ended.get(operation.id)
  if (end !== undefined && end !== phase) say(4, `ended as ${end} and is ${phase} now`)
  if (isFinished(phase)) {
    ended.set(operation.id, phase)
    if (running === operation.id) say(4, 'runs an operation that has ended')
  }
  if (summary?.operation?.id === operation.id && summary.operation.phase !== phase) {
    say(2, `shows an operation as ${summary.operation.phase} that is ${phase}`)
  }
}

/** An operation follows another only when that has ended, or was automated and overtaken (law 6). */
function checkSuccession(
  { last, ended }: SeenOperations,
  ran: string | undefined,
  { seen: { running } }: ApplicationRecord,
  say: Say,
): void {
  if (ran === undefined || running === ran || ended.has(ran)) return
  const wasOvertaken = last?.operation.id === ran && last.operation.initiatedBy.automated === true
  if (!wasOvertaken) say(4, `dropped the running operation ${ran}`)
}

function checkSnapshot(world: World, seen: SeenOperations, state: OperationState, say: Say): void {
  const order = orderOfCommit(world, state.snapshot.revisions[0])
  const isNew = seen.last?.operation.id !== state.operation.id
  if (isNew && order >= 0 && order < seen.newest) {
    say(5, 'began an operation with an older snapshot than the one before')
  }
  seen.newest = Math.max(seen.newest, order)
}

/** What was applied of a wave, was applied when everything of the waves before had become healthy. */
async function checkWaves(
  world: World,
  { tenant, name }: ApplicationRecord,
  { operation, seen, say }: { operation: OperationState; seen: SeenOperations; say: Say },
): Promise<void> {
  const isSame =
    seen.last?.operation.id === operation.operation.id &&
    seen.last.retryCount === operation.retryCount
  const known = new Set(
    (isSame ? (seen.last?.results ?? []) : []).map((result) => keyText(result.key)),
  )
  const fresh = operation.results.filter(
    ({ key, status }) => status === 'Synced' && !known.has(keyText(key)),
  )
  if (fresh.length === 0) return
  const waves = await wavesOf(world, tenant, operation)
  for (const { key } of fresh) {
    const wave = waves.get(keyText(key)) ?? 0
    for (const [earlier, its] of waves) {
      if (its >= wave) continue
      const result = operation.results.find((each) => keyText(each.key) === earlier)
      const isLeftOut = result === undefined && operation.operation.sync.resources !== undefined
      if (isLeftOut || result?.hookPhase === 'Succeeded') continue
      say(4, `applied ${name}'s ${keyText(key)} of wave ${wave} before ${earlier} was healthy`)
    }
  }
}

/** The wave of every object of the operation's snapshot. */
async function wavesOf(
  world: World,
  tenant: string,
  { snapshot, sources }: OperationState,
): Promise<ReadonlyMap<string, number>> {
  const [source] = sources
  const commit = snapshot.revisions[0] ?? ''
  if (source === undefined) return new Map()
  const repo = { url: repoUrl(tenant) }
  try {
    const files = await world.git.readDirectory(tenant, repo, commit, source.path ?? '')
    const { manifests } = render(files, source)
    return new Map(manifests.map((manifest) => [keyText(keyOf(manifest)), waveOf(manifest)]))
  } catch (error) {
    if (faultOf(error).code === 'RenderFailed') return new Map()
    throw error
  }
}
