import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { faultOf } from '../lib/fault/fault.ts'
import { lockDataFolder } from './data-lock.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'argosy-lock-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function refusal(): unknown {
  try {
    lockDataFolder(folder).release()
    return 'taken'
  } catch (error) {
    return faultOf(error)
  }
}

const inUseBy = (pid: number) => ({
  code: 'FailedPrecondition',
  message: `data folder ${folder} is in use by process ${pid}; stop that process, or choose another folder with --data`,
})

test('a second lock on the same folder is refused until the first is released', () => {
  const lock = lockDataFolder(folder)
  expect(refusal()).toEqual(inUseBy(process.pid))
  lock.release()
  expect(refusal()).toBe('taken')
  expect(readdirSync(folder)).toEqual([])
})

test('a folder that does not exist is made', () => {
  const nested = join(folder, 'a', 'b')
  const lock = lockDataFolder(nested)
  expect(existsSync(join(nested, 'lock'))).toBe(true)
  lock.release()
})

test('releasing twice does not free the lock of who came after', () => {
  const first = lockDataFolder(folder)
  first.release()
  const second = lockDataFolder(folder)
  first.release()
  expect(refusal()).toEqual(inUseBy(process.pid))
  second.release()
})

test('a lock of another living process is respected, and taken over once that is dead', async () => {
  const script = `import { lockDataFolder } from '${import.meta.dirname}/data-lock.ts'
    lockDataFolder(process.argv[1]); console.log('locked'); setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  expect(refusal()).toEqual(inUseBy(child.pid ?? 0))
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(existsSync(join(folder, 'lock'))).toBe(true)
  expect(refusal()).toBe('taken')
})

test.for([
  ['a process id that is in use by a younger process', `${process.ppid} 1\n`],
  ['our own process id of an earlier life', `${process.pid} 1\n`],
  ['an empty file', ''],
  ['something else', 'hello\n'],
] as const)('%s is stale', ([, content]) => {
  writeFileSync(join(folder, 'lock'), content)
  expect(refusal()).toBe('taken')
})

test('the lock names its process for people who look', () => {
  const lock = lockDataFolder(folder)
  expect(readFileSync(join(folder, 'lock'), 'utf8')).toMatch(new RegExp(`^${process.pid} `))
  lock.release()
})
