import { expect, test } from 'vitest'
import { DEFAULT_PROJECT, permittedDestination, permittedSource } from './project.ts'

test.for([
  ['*', 'https://example.com/org/repo', true],
  ['', 'https://example.com/org/repo', false],
  ['https://example.com/org/*', 'https://example.com/org/repo', true],
  ['https://example.com/*', 'https://example.com/org/repo', false],
  ['https://example.com/**', 'https://example.com/org/repo', true],
  ['https://example.com/org/repo.git', 'https://example.com/org/repo', true],
  ['* !https://example.com/org/*', 'https://example.com/org/repo', false],
  ['!https://example.com/org/* *', 'https://example.com/org/repo', false],
  ['* !https://example.com/org/*', 'https://example.com/team/repo', true],
  ['* !{', 'https://example.com/team/repo', false],
  ['{', '{', false],
] as const)('sourceRepos [%s] permit %s: %s', ([patterns, url, expected]) => {
  const sourceRepos = patterns.split(' ').filter((pattern) => pattern !== '')
  const withoutGit = (text: string) => text.replace(/\.git$/, '')
  expect(permittedSource({ name: 'p', spec: { sourceRepos } }, url, withoutGit)).toBe(expected)
})

/** `server namespace`, several divided by commas; `@name` for a cluster by its name. */
const destinationsOf = (text: string) =>
  text.split(', ').map((entry) => {
    const [cluster = '', namespace = ''] = entry.split(' ')
    return /^!?@/.test(cluster)
      ? { name: cluster.replace('@', ''), namespace }
      : { server: cluster, namespace }
  })

const SERVER = 'https://prod.example.com'
const DESTINATION = { server: SERVER, name: 'prod', namespace: 'shop' }

test.for([
  ['* *', true],
  [`${SERVER} shop`, true],
  [`${SERVER} other`, false],
  ['https://* shop-*', false],
  ['https://*.example.com s*', true],
  ['@prod shop', true],
  ['@pro? shop', true],
  ['@test shop', false],
  ['* !shop', false],
  ['* !kube-system', true],
  ['* *, * !shop', false],
  [`* *, !${SERVER} *`, false],
  ['* *, !https://test.example.com *', true],
  ['* *, !@prod *', false],
  ['* *, !@prod kube-system', true],
  ['* *, https://test.example.com !shop', true],
  ['', false],
] as const)('destinations [%s] permit prod/shop: %s', ([text, expected]) => {
  const project = { name: 'p', spec: { destinations: destinationsOf(text) } }
  expect(permittedDestination(project, DESTINATION)).toBe(expected)
})

test('the default project permits everything, an empty one nothing', () => {
  const asked = (project: typeof DEFAULT_PROJECT) => [
    permittedSource(project, 'https://example.com/repo'),
    permittedDestination(project, DESTINATION),
  ]
  expect(asked(DEFAULT_PROJECT)).toEqual([true, true])
  expect(asked({ name: 'empty', spec: {} })).toEqual([false, false])
})
