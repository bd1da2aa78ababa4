import { expect, test } from 'vitest'
import { faultOf } from '../fault/fault.ts'
import { createMemoryGit } from './memory-git.ts'

const repo = { url: 'https://git.example.com/apps.git' }
const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'none',
    (error: unknown) => faultOf(error).code,
  )

test('spellings of a URL name one repository; others are none', async () => {
  const git = createMemoryGit()
  const first = git.repository(repo.url).commit({ files: { a: '1' } })
  const same = { url: 'https://ann:secret@GIT.example.com/apps/' }
  expect((await git.listRefs('acme', same))[0]?.commit).toBe(first)
  expect(await codeOf(git.listRefs('acme', { url: 'https://git.example.com/none' }))).toBe(
    'NotARepository',
  )
})

test('ids are equal from run to run', () => {
  const ids = [1, 2].map(() => {
    const repository = createMemoryGit().repository(repo.url)
    repository.commit({ files: { 'a/x': '1' } })
    return repository.change({ 'a/y': '2' })
  })
  expect(ids[0]).toBe(ids[1])
})

test('change keeps what it does not name', async () => {
  const git = createMemoryGit()
  const repository = git.repository(repo.url)
  repository.commit({ files: { 'a/x': '1', 'a/y': '1', 'b/z': '1' } })
  const next = repository.change({ 'a/x': '2', 'b/z': undefined, 'c/new': '1' })
  const files = await git.readDirectory('acme', repo, next, '')
  expect([...files].map(([path, data]) => `${path}=${Buffer.from(data).toString()}`)).toEqual([
    'a/x=2',
    'a/y=1',
    'c/new=1',
  ])
})

test('a repository that fails does so in every call, until it is healed', async () => {
  const git = createMemoryGit()
  const repository = git.repository(repo.url)
  const commit = repository.commit({ files: { 'a/x': '1' } })
  repository.fail({ code: 'RepositoryUnreachable', repo: repo.url, detail: 'no such host' })
  expect(await codeOf(git.listRefs('acme', repo))).toBe('RepositoryUnreachable')
  expect(await codeOf(git.readDirectory('acme', repo, commit, 'a'))).toBe('RepositoryUnreachable')
  repository.fail(undefined)
  expect(await codeOf(git.readDirectory('acme', repo, commit, 'a'))).toBe('none')
})
