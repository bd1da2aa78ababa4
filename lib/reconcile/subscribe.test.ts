import { expect, test } from 'vitest'
import type { ApplicationSource } from '../app/application.ts'
import { subscriptionsOf } from './subscribe.ts'

const REPO = 'https://git.example.com/mono'

test.for<[string, ApplicationSource, string]>([
  ['a branch', { repoURL: REPO, targetRevision: 'main', path: 'app' }, 'main app'],
  ['no revision', { repoURL: REPO, path: './app/' }, 'HEAD app'],
  ['the root', { repoURL: REPO, path: '.' }, 'HEAD '],
  ['a way out', { repoURL: REPO, path: '../app' }, ''],
  ['too long a path', { repoURL: REPO, path: 'x'.repeat(1100) }, ''],
])('%s', ([, source, expected]) => {
  const spec = { project: 'default', source, destination: {} }
  const subscriptions = subscriptionsOf({ name: 'guestbook', spec })
  expect(subscriptions.map(({ ref, path }) => `${ref} ${path}`).join()).toBe(expected)
})
