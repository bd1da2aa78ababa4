import { afterEach, expect, test } from 'vitest'
import { tinyEngineFolder, type TinyEngine } from '../../test/builders/tiny-engine.ts'
import { faultOf } from '../fault/fault.ts'
import type { EngineLimits } from './limits.ts'
import type { Engine } from './port.ts'
import { createWasmEngine } from './wasm-engine.ts'

const engines: Engine[] = []
afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.close()))
})

const MEMORY = 64 * 1024 * 1024

function aTinyEngine(engine: TinyEngine, limits: Partial<EngineLimits> = {}): Engine {
  const created = createWasmEngine({
    directory: tinyEngineFolder(engine),
    limits: { memoryBytesMax: MEMORY, runTimeoutMs: 5000, ...limits },
  })
  engines.push(created)
  return created
}

const faultOfRun = async (engine: Engine, request = {}) =>
  engine.run('acme', 'fieldmanager', request).then(
    () => 'no fault',
    (error: unknown) => faultOf(error),
  )

test('a request goes in and its answer comes out, beyond 2^53', async () => {
  const request = { big: 2n ** 60n, text: 'ü' }
  expect(await aTinyEngine('echo').run('acme', 'fieldmanager', request)).toEqual(request)
})

test('an engine that never answers is ended by its time limit', async () => {
  const fault = await faultOfRun(aTinyEngine('loop', { runTimeoutMs: 50 }))
  expect(fault).toMatchObject({ code: 'LimitExceeded', limit: 'runTimeoutMs' })
})

test('an engine that takes all memory is ended by the memory limit', async () => {
  const fault = await faultOfRun(aTinyEngine('grow'))
  expect(fault).toMatchObject({ code: 'LimitExceeded', limit: 'memoryBytesMax' })
})

test('an engine that traps has failed', async () => {
  const fault = await faultOfRun(aTinyEngine('trap'))
  expect(fault).toMatchObject({ code: 'EngineFailed', engine: 'fieldmanager' })
})

test('an answer above its limit is not read', async () => {
  const fault = await faultOfRun(aTinyEngine('huge'))
  expect(fault).toMatchObject({ code: 'LimitExceeded', limit: 'answerBytesMax' })
})

test('a request above its limit is not sent', async () => {
  const engine = aTinyEngine('echo', { requestBytesMax: 10 })
  expect(await faultOfRun(engine, { a: 'x'.repeat(10) })).toMatchObject({
    code: 'LimitExceeded',
    limit: 'requestBytesMax',
  })
})

test('a missing engine says how to build it', async () => {
  const engine = createWasmEngine({ directory: '/nowhere', limits: { memoryBytesMax: MEMORY } })
  engines.push(engine)
  expect(await faultOfRun(engine)).toMatchObject({
    code: 'EngineFailed',
    detail: expect.stringContaining('npm run build:engines') as string,
  })
})

test('after an engine was ended the next request finds a new one', async () => {
  const engine = aTinyEngine('loop', { runTimeoutMs: 50, workersMax: 1 })
  const faults = await Promise.all([faultOfRun(engine), faultOfRun(engine)])
  expect(faults.map((fault) => typeof fault === 'object' && fault.code)).toEqual([
    'LimitExceeded',
    'LimitExceeded',
  ])
})

test('more requests than may wait are refused', async () => {
  const engine = aTinyEngine('loop', { runTimeoutMs: 50, workersMax: 1, waitingMax: 1 })
  const faults = await Promise.all([1, 2, 3].map(() => faultOfRun(engine)))
  const limits = faults.map((fault) => typeof fault === 'object' && 'limit' in fault && fault.limit)
  expect(limits).toEqual(['runTimeoutMs', 'runTimeoutMs', 'waitingMax'])
})
