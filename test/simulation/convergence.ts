import { isFinished } from '../../lib/app/status.ts'
import { faultOf } from '../../lib/fault/fault.ts'
import { keyOf, keyText } from '../../lib/manifest/key.ts'
import { type Manifest, valueAt } from '../../lib/manifest/manifest.ts'
import { trackingAppOf } from '../../lib/manifest/tracking.ts'
import { render } from '../../lib/render/render.ts'
import { jsonEqual } from '../../lib/std/json.ts'
import { getApplication, listApplications } from '../../lib/state/applications.ts'
import type { ApplicationRecord } from '../../lib/state/records.ts'
import { nameOf, repoUrl, serverOf, TENANTS, type World } from './world.ts'

/** Applications that rest in a failure that only a new commit ends, as Argo CD has it (6.7). */
export async function unsettledApps(world: World): Promise<ReadonlySet<string>> {
  const names = new Set<string>()
  for (const tenant of TENANTS) {
    for (const record of await listApplications(world.state, tenant)) {
      const { summary } = record.seen
      const isFailed = summary?.conditions.some(({ type }) => type.endsWith('Error')) ?? false
      if (isFailed && record.deletion === undefined) names.add(nameOf(tenant, record.name))
    }
  }
  return names
}

/** Everything that is not as Git, and the people, want it; of some Applications nothing is asked. */
export async function wrongApps(
  world: World,
  except: ReadonlySet<string> = new Set(),
): Promise<readonly string[]> {
  const wrong: string[] = []
  for (const tenant of TENANTS) {
    for (const record of await listApplications(world.state, tenant)) {
      if (except.has(nameOf(tenant, record.name))) continue
      wrong.push(...(await problemsOf(world, tenant, record)))
    }
    wrong.push(...leftovers(world, tenant))
  }
  for (const name of world.deleted) {
    const [tenant = '', app = ''] = name.split('/')
    if ((await getApplication(world.state, tenant, app)) !== undefined) {
      wrong.push(`convergence: ${name} was deleted and is still there`)
    }
  }
  return wrong
}

async function problemsOf(
  world: World,
  tenant: string,
  record: ApplicationRecord,
): Promise<readonly string[]> {
  const name = nameOf(tenant, record.name)
  const { summary, running, lease } = record.seen
  const problems: string[] = []
  const say = (problem: string): void => void problems.push(`convergence: ${name} ${problem}`)

  if (summary?.sync !== 'Synced')
    say(`is ${summary?.sync ?? 'unseen'}: ${JSON.stringify(summary?.conditions)}`)
  if (summary?.health.status !== 'Healthy') say(`is ${summary?.health.status ?? 'unseen'}`)
  if (running !== undefined) say('has an operation that never ends')
  if (lease !== undefined) say('is leased for ever')
  if (summary?.operation !== undefined && !isFinished(summary.operation.phase))
    say('shows a running operation')
  for (const [id, uid] of world.accepted) {
    const ended = world.operations.get(uid)?.ended.has(id) ?? false
    if (uid === record.uid && !ended) say(`never ended the accepted operation ${id}`)
  }

  const targets = await targetsOf(world, tenant, record.spec.source?.path ?? '')
  if (targets === undefined)
    return [...problems, `convergence: ${name} missed a commit that cannot be rendered`]
  const live = serverOf(world, tenant)
    .objects()
    .filter((object) => trackingAppOf(object) === record.name)
  const names = new Set(targets.map((target) => keyText(keyOf(target))))
  for (const target of targets) {
    const found = live.find((object) => keyText(keyOf(object)) === keyText(keyOf(target)))
    if (found === undefined) say(`misses ${keyText(keyOf(target))}`)
    else if (!isAsWanted(target, found)) say(`differs at ${keyText(keyOf(target))}`)
  }
  for (const object of live) {
    if (!names.has(keyText(keyOf(object)))) say(`left ${keyText(keyOf(object))} behind`)
  }
  return problems
}

/** What the newest commit says, read without any of the code that is on trial but the renderer. */
async function targetsOf(
  world: World,
  tenant: string,
  path: string,
): Promise<readonly Manifest[] | undefined> {
  const repo = { url: repoUrl(tenant) }
  const refs = await world.git.listRefs(tenant, repo, ['HEAD'])
  const head = refs.find((ref) => ref.name === 'HEAD')?.commit ?? ''
  const files = await world.git.readDirectory(tenant, repo, head, path)
  try {
    return render(files, { repoURL: repo.url, path }).manifests
  } catch (error) {
    if (faultOf(error).code === 'RenderFailed') return undefined
    throw error
  }
}

const isAsWanted = (target: Manifest, live: Manifest): boolean =>
  target.kind === 'Deployment'
    ? valueAt(live, 'spec', 'replicas') === valueAt(target, 'spec', 'replicas')
    : jsonEqual(target['data'], live['data'])

/** Objects of Applications that are gone; foreign objects that somebody else's cleaning took along. */
function leftovers(world: World, tenant: string): readonly string[] {
  const objects = serverOf(world, tenant).objects()
  const there = new Set(objects.map((object) => `${tenant} ${keyText(keyOf(object))}`))
  const orphans = objects.filter((object) => {
    const app = trackingAppOf(object)
    return app !== undefined && world.deleted.has(nameOf(tenant, app))
  })
  return [
    ...orphans.map((object) => `law 7: ${keyText(keyOf(object))} outlived its deleted Application`),
    ...[...world.foreign.keys()]
      .filter((name) => name.startsWith(`${tenant} `) && !there.has(name))
      .map((name) => `law 7: foreign object ${name} is gone`),
  ]
}
