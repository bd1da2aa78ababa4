import { checkRepository } from '../../lib/reconcile/check-repository.ts'
import { createDuePoller } from '../../lib/reconcile/enqueue-due.ts'
import type { Ports } from '../../lib/reconcile/ports.ts'
import { reconcileApplication } from '../../lib/reconcile/reconcile-application.ts'
import { sweepCluster } from '../../lib/reconcile/sweep-cluster.ts'
import { isRetryable } from '../../lib/fault/fault.ts'
import { unsettledApps, wrongApps } from './convergence.ts'
import { createApp, doSomething, mendRepositories, setSelfHeal } from './people.ts'
import { CAREFUL, type Letter } from './post.ts'
import { drainMicrotasks, type Invocation, type Mischief } from './scheduler.ts'
import { APPS, createWorld, serverOf, TENANTS, type World } from './world.ts'
import { watchedPorts } from './watched-ports.ts'

const WORKERS_MAX = 4
const POLL_MS = 10_000
const CALM_POLL_MS = 30_000
const ROUGH: Mischief = { crash: 0.004, pause: 0.004, pauseMs: 150_000 }
const CALM: Mischief = { crash: 0, pause: 0, pauseMs: 0 }
/** Things have to come to rest within this much simulated time after the faults stop. */
const CALM_MS = 3 * 3_600_000

export interface RunOptions {
  /** How long things go wrong. */
  readonly turns?: number
  /** Is told what happens, line by line. */
  readonly tell?: (line: string) => void
}

export interface RunResult {
  readonly seed: number
  readonly violations: readonly string[]
  readonly turns: number
  readonly simulatedMs: number
}

/**
 * One run: trouble for a while, then quiet. While there is trouble the laws hold at every step;
 * when it is over, everything that Git says is true on the clusters, and nothing else.
 */
export async function runSeed(seed: number, options: RunOptions = {}): Promise<RunResult> {
  const { turns: turnsRough = 700, tell } = options
  const world = await createWorld(seed, tell)
  const begin = world.clock.now()
  const run = { world, turns: 0, polledAt: 0 }

  world.post.mischief = { lose: 0.1, double: 0.1, delayMs: 20_000 }
  for (const tenant of TENANTS) for (const app of APPS) await createApp(world, tenant, app)
  while (run.turns < turnsRough && world.violations.size === 0) {
    if (world.random.chance(0.04)) await doSomething(world)
    await tick(run, ROUGH)
  }
  if (world.violations.size === 0) await calmDown(run)
  return {
    seed,
    violations: [...world.violations],
    turns: run.turns,
    simulatedMs: world.clock.now() - begin,
  }
}

interface Run {
  readonly world: World
  turns: number
  polledAt: number
}

/** The faults stop; the queue is lost once more; then all must come right by itself (law 1). */
async function calmDown(run: Run): Promise<void> {
  const { world } = run
  world.isRough = false
  world.trace(() => 'the faults stop')
  world.post.mischief = CAREFUL
  world.post.dropAll()
  for (const tenant of TENANTS) {
    for (const app of APPS) await setSelfHeal(world, tenant, app, true)
  }
  await rest(run)
  // A snapshot whose sync failed for good, or that cannot be rendered, waits for a commit.
  const waiting = await unsettledApps(world)
  for (const problem of await wrongApps(world, waiting)) world.violations.add(problem)
  mendRepositories(world)
  await rest(run)
  for (const problem of await wrongApps(world)) world.violations.add(problem)
}

/** Lets the system run until no Application has changed for a while. */
async function rest(run: Run): Promise<void> {
  const { world } = run
  const { clock } = world
  const begin = clock.now()
  world.changedAt = begin
  while (clock.now() < begin + CALM_MS && world.violations.size === 0) {
    const isIdle =
      world.scheduler.running() === 0 && (world.post.nextAt() ?? Infinity) > clock.now()
    await tick(run, CALM)
    if (!isIdle) continue
    for (const tenant of TENANTS) serverOf(world, tenant).settle()
    clock.advance(CALM_POLL_MS / 2)
    if (clock.now() - world.changedAt > QUIET_MS) return
  }
  world.violations.add('convergence: the system never comes to rest')
}

/** Longer than the longest pause that anything takes: self-heal waits up to five minutes. */
const QUIET_MS = 60_000 * 6

/** Time passes a little; perhaps an invocation starts; one of them takes one more step. */
async function tick(run: Run, mischief: Mischief): Promise<void> {
  const { world } = run
  const { scheduler, random, clock } = world
  run.turns++
  clock.advance(random.int(40))

  if (clock.now() - run.polledAt > (world.isRough ? POLL_MS : CALM_POLL_MS)) {
    run.polledAt = clock.now()
    startPoller(world)
  } else if (scheduler.running() < WORKERS_MAX && random.chance(0.5)) {
    const letter = world.post.take()
    if (letter !== undefined) startWorker(world, letter)
  }
  await drainMicrotasks()
  const stepped = scheduler.step(mischief, ({ id, name }, what) =>
    world.trace(() => `${id} ${name}: ${what}`),
  )
  await drainMicrotasks()
  if (!stepped && scheduler.running() === 0) clock.advance(500)
  if (!stepped && scheduler.running() > 0) {
    clock.advance(Math.max(500, Math.min((scheduler.nextAt() ?? 0) - clock.now(), 10_000)))
  }
}

function startPoller(world: World): void {
  world.scheduler.start(
    'poller',
    async (invocation) => {
      await createDuePoller(watchedPorts(world, invocation)).enqueueDue()
    },
    () => {},
  )
}

function startWorker(world: World, letter: Letter): void {
  // Whoever dies never answers: the letter is given back by its visibility, not by him.
  world.scheduler.start(
    `${letter.queue} ${letter.hint.name}`,
    (invocation) => handle(world, letter, invocation),
    (ok) => {
      if (!ok) world.post.comeBack(letter)
    },
  )
}

async function handle(world: World, letter: Letter, invocation: Invocation): Promise<void> {
  const ports = watchedPorts(world, invocation)
  try {
    await HANDLERS[letter.queue](ports, letter.hint.tenant, letter.hint.name)
  } catch (error) {
    if (isRetryable(error)) throw error
  }
}

const HANDLERS: Readonly<
  Record<Letter['queue'], (ports: Ports, tenant: string, name: string) => Promise<void>>
> = { repo: checkRepository, app: reconcileApplication, cluster: sweepCluster }
