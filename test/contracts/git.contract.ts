import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { faultOf, type FaultCode } from '../../lib/fault/fault.ts'
import type { NewCommit } from '../../lib/git/memory-repository.ts'
import type { Git, Repo } from '../../lib/git/port.ts'
import type { GitWriter } from './git-writer.ts'

/** One place where repositories live, and a Git port that reads them. */
export interface GitHost {
  readonly git: Git
  /** A new, empty repository. */
  create(name: string): Promise<{ readonly repo: Repo; readonly writer: GitWriter }>
  /** Requests made so far. */
  requests(): number
  stop(): Promise<void>
}

export interface GitAdapter {
  readonly name: string
  start(): Promise<GitHost>
  /** What this adapter cannot do, each with its reason. */
  readonly lacks?: {
    /** Commits that no ref names any more, or that lie behind a tip. */
    readonly oldCommits?: string
    readonly history?: string
    /** One request for each call that needs the server. */
    readonly requestCounts?: string
  }
}

const TENANT = 'acme'
const textOf = (tree: ReadonlyMap<string, Uint8Array>): Record<string, string> =>
  Object.fromEntries([...tree].map(([path, data]) => [path, Buffer.from(data).toString('utf8')]))

const codeOf = (call: Promise<unknown>): Promise<FaultCode | 'none'> =>
  call.then(
    () => 'none' as const,
    (error: unknown) => faultOf(error).code,
  )

/** The laws of `lib/git/port.ts`. */
export function describeGit(adapter: GitAdapter): void {
  describe(`git: ${adapter.name}`, () => {
    let host: GitHost
    let count = 0
    beforeAll(async () => {
      host = await adapter.start()
    })
    afterAll(() => host.stop())

    const fresh = async (files?: NewCommit['files']) => {
      const { repo, writer } = await host.create(`repo-${++count}.git`)
      const first = files === undefined ? '' : await writer.commit({ files })
      return { git: host.git, repo, writer, first }
    }
    const counted = async <T>(call: () => Promise<T>): Promise<readonly [T, number]> => {
      const before = host.requests()
      const value = await call()
      return [value, host.requests() - before]
    }

    describe('listRefs', () => {
      test('names HEAD, branches and tags, annotated ones by their commit', async () => {
        const { git, repo, writer, first } = await fresh({ a: '1' })
        const second = await writer.commit({ files: { a: '2' }, branch: 'next' })
        await writer.tag('v1', first)
        await writer.tag('v2', second, 'Version 2')
        expect(await git.listRefs(TENANT, repo)).toEqual([
          { name: 'HEAD', commit: first, target: 'refs/heads/main' },
          { name: 'refs/heads/main', commit: first },
          { name: 'refs/heads/next', commit: second },
          { name: 'refs/tags/v1', commit: first },
          { name: 'refs/tags/v2', commit: second },
        ])
      })

      test('keeps to the prefixes, HEAD always included', async () => {
        const { git, repo, writer, first } = await fresh({ a: '1' })
        await writer.setRef('refs/heads/main-2', first)
        await writer.setRef('refs/heads/other', first)
        await writer.tag('main', first)
        const names = async (prefixes: readonly string[]) =>
          (await git.listRefs(TENANT, repo, prefixes)).map(({ name }) => name)
        expect(await names(['refs/heads/main'])).toEqual([
          'HEAD',
          'refs/heads/main',
          'refs/heads/main-2',
        ])
        expect(await names(['refs/heads/none'])).toEqual(['HEAD'])
        expect(await names([])).toEqual(['HEAD'])
      })

      test('is empty for an empty repository', async () => {
        const { git, repo } = await fresh()
        expect(await git.listRefs(TENANT, repo)).toEqual([])
      })

      test('leaves out a HEAD that points to no branch', async () => {
        const { git, repo, writer } = await fresh({ a: '1' })
        await writer.setHead('gone')
        expect((await git.listRefs(TENANT, repo)).map(({ name }) => name)).toEqual([
          'refs/heads/main',
        ])
      })

      test('sees a deleted branch and a forced push', async () => {
        const { git, repo, writer, first } = await fresh({ a: '1' })
        await writer.setRef('refs/heads/next', first)
        await git.listRefs(TENANT, repo)
        await writer.setRef('refs/heads/next', undefined)
        const other = await writer.commit({ files: { a: 'other' }, parents: [] })
        expect(await git.listRefs(TENANT, repo)).toEqual([
          { name: 'HEAD', commit: other, target: 'refs/heads/main' },
          { name: 'refs/heads/main', commit: other },
        ])
      })

      test('is one request', async () => {
        const { git, repo } = await fresh({ a: '1' })
        await git.listRefs(TENANT, repo)
        expect((await counted(() => git.listRefs(TENANT, repo)))[1]).toBe(1)
        expect((await counted(() => git.listRefs(TENANT, repo, ['refs/heads/main'])))[1]).toBe(1)
      })
    })

    describe('readDirectory', () => {
      test('hands out the files under a path, relative to it, sorted', async () => {
        const { git, repo, first } = await fresh({
          'top.yaml': 'top',
          'apps/b.yaml': 'b',
          'apps/a.yaml': 'a',
          'apps/deep/er/c.yaml': 'c',
          'apps-2/d.yaml': 'd',
        })
        const read = async (path: string) =>
          textOf(await git.readDirectory(TENANT, repo, first, path))
        const apps = { 'a.yaml': 'a', 'b.yaml': 'b', 'deep/er/c.yaml': 'c' }
        expect(await read('apps')).toEqual(apps)
        expect(Object.keys(await read('apps'))).toEqual(Object.keys(apps))
        expect(await read('./apps/')).toEqual(apps)
        expect(await read('apps/deep/er')).toEqual({ 'c.yaml': 'c' })
        expect(Object.keys(await read(''))).toEqual([
          'apps-2/d.yaml',
          'apps/a.yaml',
          'apps/b.yaml',
          'apps/deep/er/c.yaml',
          'top.yaml',
        ])
        expect(await read('.')).toEqual(await read(''))
      })

      test('keeps bytes, empty files, executable files and names that are not ASCII', async () => {
        const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
        const { git, repo, first } = await fresh({
          'übung/größe ✓.yaml': 'größe: ✓',
          'übung/leer.yaml': '',
          'übung/run.sh': { kind: 'executable', content: '#!/bin/sh' },
          'übung/bytes.bin': bytes,
        })
        const files = await git.readDirectory(TENANT, repo, first, 'übung')
        expect([...files.keys()]).toEqual(['bytes.bin', 'größe ✓.yaml', 'leer.yaml', 'run.sh'])
        expect([...(files.get('bytes.bin') ?? [])]).toEqual([...bytes])
        expect(textOf(files)['größe ✓.yaml']).toBe('größe: ✓')
        expect(textOf(files)['leer.yaml']).toBe('')
      })

      test('follows links to files of the directory, skips links to directories and submodules', async () => {
        const { git, repo, first } = await fresh({
          'app/real.yaml': 'real',
          'app/sub/link.yaml': { kind: 'link', content: '../real.yaml' },
          'app/twice.yaml': { kind: 'link', content: './sub/link.yaml' },
          'app/folder': { kind: 'link', content: 'sub' },
          'app/module': { kind: 'submodule', commit: '1'.repeat(40) },
        })
        expect(textOf(await git.readDirectory(TENANT, repo, first, 'app'))).toEqual({
          'real.yaml': 'real',
          'sub/link.yaml': 'real',
          'twice.yaml': 'real',
        })
      })

      test('refuses links that lead out of the directory, nowhere, or in a circle', async () => {
        const links = {
          sibling: ['../shared.yaml', 'Unimplemented'],
          outside: ['../../../../etc/passwd', 'Unimplemented'],
          absolute: ['/etc/passwd', 'FailedPrecondition'],
          nowhere: ['absent.yaml', 'FailedPrecondition'],
          circle: ['link.yaml', 'FailedPrecondition'],
        } as const
        const { git, repo, first } = await fresh({
          'shared.yaml': 'shared',
          ...Object.fromEntries(
            Object.entries(links).map(([name, [content]]) => [
              `${name}/link.yaml`,
              { kind: 'link', content } as const,
            ]),
          ),
        })
        for (const [name, [, code]] of Object.entries(links)) {
          expect([name, await codeOf(git.readDirectory(TENANT, repo, first, name))]).toEqual([
            name,
            code,
          ])
        }
      })

      test('says which path or revision is not there', async () => {
        const { git, repo, first } = await fresh({ 'apps/a.yaml': 'a' })
        const read = (commit: string, path: string) =>
          codeOf(git.readDirectory(TENANT, repo, commit, path))
        expect(await read(first, 'app')).toBe('PathNotFound')
        expect(await read(first, 'apps/a.yaml')).toBe('PathNotFound')
        expect(await read(first, '../apps')).toBe('PathNotFound')
        expect(await read('0123456789'.repeat(4), 'apps')).toBe('RevisionNotFound')
        expect(await read('main', 'apps')).toBe('RevisionNotFound')
      })

      test('costs two requests for a new commit, and none for what is known', async () => {
        const { git, repo, writer, first } = await fresh({ 'a/x': '1', 'b/y': '1' })
        // The server's ways are known from here on.
        await git.listRefs(TENANT, repo)
        await git.readDirectory(TENANT, repo, first, 'a')
        const second = await writer.commit({ files: { 'a/x': '1', 'b/y': '2' } })
        const read = (path: string) => counted(() => git.readDirectory(TENANT, repo, second, path))
        const [changed, requests] = await read('b')
        expect(textOf(changed)).toEqual({ y: '2' })
        expect(requests).toBeLessThanOrEqual(2)
        expect((await read('b'))[1]).toBe(0)
        expect((await read('a'))[1]).toBe(0)
      })

      test('reads a tree of 2,000 files', async () => {
        const files = Object.fromEntries(
          Array.from({ length: 2_000 }, (_, index) => [
            `apps/app-${index % 100}/file-${index}.yaml`,
            `number: ${index}\n`,
          ]),
        )
        const { git, repo, first } = await fresh(files)
        const read = textOf(await git.readDirectory(TENANT, repo, first, 'apps'))
        expect(Object.keys(read)).toHaveLength(2_000)
        expect(read['app-99/file-1999.yaml']).toBe('number: 1999\n')
      })

      test('reads deltas', async () => {
        const { git, repo, writer } = await fresh()
        const lines = (version: number) =>
          Array.from(
            { length: 200 },
            (_, line) => `line ${line}: ${line % 7 ? 1 : version}\n`,
          ).join('')
        const filesAt = (version: number) => ({
          'app/one.yaml': lines(version),
          'app/two.yaml': lines(version + 100),
        })
        await writer.commit({ files: filesAt(1) })
        await writer.repack()
        const commits = [await writer.commit({ files: filesAt(2) })]
        await writer.repack()
        for (const commit of commits) {
          expect(textOf(await git.readDirectory(TENANT, repo, commit, 'app'))).toEqual({
            'one.yaml': lines(2),
            'two.yaml': lines(102),
          })
        }
      })

      test('keeps tenants and repositories apart', async () => {
        const one = await fresh({ 'a/x': 'one' })
        const two = await fresh({ 'a/x': 'two' })
        await one.git.readDirectory(TENANT, one.repo, one.first, 'a')
        expect(await codeOf(two.git.readDirectory(TENANT, two.repo, one.first, 'a'))).toBe(
          'RevisionNotFound',
        )
        const [, requests] = await counted(() =>
          one.git.readDirectory('other', one.repo, one.first, 'a'),
        )
        expect(requests).toBeGreaterThan(0)
      })
    })

    describe('trees', () => {
      test('treeAt changes with the files beneath and with nothing else', async () => {
        const { git, repo, writer, first } = await fresh({ 'a/b/x': '1', 'c/y': '1' })
        const before = await git.treeAt(TENANT, repo, first, 'a')
        const second = await writer.commit({ files: { 'a/b/x': '1', 'c/y': '2' } })
        expect(await git.treeAt(TENANT, repo, second, 'a')).toBe(before)
        expect(before).toMatch(/^[0-9a-f]{40}$/)
        const third = await writer.commit({ files: { 'a/b/x': '3', 'c/y': '2' } })
        expect(await git.treeAt(TENANT, repo, third, 'a')).not.toBe(before)
        expect(await git.treeAt(TENANT, repo, third, 'a/b/x')).toBeUndefined()
        expect(await git.treeAt(TENANT, repo, third, 'none')).toBeUndefined()
      })

      test('changedDirectories names every directory that differs, the root first', async () => {
        const { git, repo, writer, first } = await fresh({ 'a/b/x': '1', 'c/y': '1', 'd/e/z': '1' })
        await git.treeAt(TENANT, repo, first, '')
        const second = await writer.commit({
          files: { 'a/b/x': '2', 'c/y': '1', 'f/g/new': '1', top: '1' },
        })
        const changed = (from: string, to: string) => git.changedDirectories(TENANT, repo, from, to)
        expect(await changed(first, second)).toEqual(['', 'a', 'a/b', 'd', 'd/e', 'f', 'f/g'])
        expect(await changed(second, first)).toEqual(['', 'a', 'a/b', 'd', 'd/e', 'f', 'f/g'])
        expect(await changed(second, second)).toEqual([])
      })

      test('changedDirectories is one request at most, and none the second time', async () => {
        const { git, repo, writer, first } = await fresh({ 'a/x': '1' })
        await git.listRefs(TENANT, repo)
        await git.treeAt(TENANT, repo, first, '')
        const second = await writer.commit({ files: { 'a/x': '2' } })
        const call = () => counted(() => git.changedDirectories(TENANT, repo, first, second))
        expect((await call())[1]).toBeLessThanOrEqual(adapter.lacks?.requestCounts ? 2 : 1)
        expect((await call())[1]).toBe(0)
      })

      test.skipIf(adapter.lacks?.oldCommits !== undefined)(
        'reads commits behind a tip, and those that a forced push left behind',
        async () => {
          const { git, repo, writer, first } = await fresh({ 'a/x': '1' })
          await writer.commit({ files: { 'a/x': '2' } })
          const third = await writer.commit({ files: { 'a/x': '3' }, parents: [] })
          expect(textOf(await git.readDirectory(TENANT, repo, first, 'a'))).toEqual({ x: '1' })
          expect(await git.changedDirectories(TENANT, repo, first, third)).toEqual(['', 'a'])
        },
      )
    })

    describe('commits', () => {
      test('commitInfo tells author, time and message', async () => {
        const { git, repo, writer } = await fresh()
        const commit = await writer.commit({
          files: { a: '1' },
          author: 'Zoë Ünal <zoe@example.com>',
          date: Date.UTC(2026, 1, 3, 4, 5, 6),
          message: 'Grüße\n\nSecond paragraph',
        })
        expect(await git.commitInfo(TENANT, repo, commit)).toEqual({
          author: 'Zoë Ünal <zoe@example.com>',
          date: Date.UTC(2026, 1, 3, 4, 5, 6),
          message: 'Grüße\n\nSecond paragraph',
        })
      })

      test('expandSha completes the id of a tip', async () => {
        const { git, repo, first } = await fresh({ a: '1' })
        expect(await git.expandSha(TENANT, repo, first.slice(0, 7))).toBe(first)
        expect(await git.expandSha(TENANT, repo, first.slice(0, 4).toUpperCase())).toBe(first)
      })

      test.skipIf(adapter.lacks?.history !== undefined)(
        'expandSha completes the id of a commit behind a tip',
        async () => {
          const { git, repo, writer, first } = await fresh({ a: '1' })
          await writer.commit({ files: { a: '2' } })
          await writer.commit({ files: { a: '3' } })
          expect(await git.expandSha(TENANT, repo, first.slice(0, 10))).toBe(first)
        },
      )

      test('expandSha refuses what is unknown, too short, or no id', async () => {
        const { git, repo } = await fresh({ a: '1' })
        const expand = (id: string) => codeOf(git.expandSha(TENANT, repo, id))
        expect(await expand('0123456789')).toBe('RevisionNotFound')
        expect(await expand('abc')).toBe('InvalidArgument')
        expect(await expand('main')).toBe('InvalidArgument')
      })
    })
  })
}
