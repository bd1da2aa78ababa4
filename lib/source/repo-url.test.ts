import { expect, test } from 'vitest'
import { faultOf } from '../fault/fault.ts'
import { hideCredentials, normaliseRepoUrl } from './repo-url.ts'

test.for([
  [
    'https://github.com/argoproj/argocd-example-apps.git',
    'https://github.com/argoproj/argocd-example-apps',
  ],
  [
    'https://GitHub.com/argoproj/argocd-example-apps',
    'https://github.com/argoproj/argocd-example-apps',
  ],
  ['HTTPS://github.com:443/a/b.git/', 'https://github.com/a/b'],
  ['  https://github.com/a/b//  ', 'https://github.com/a/b'],
  ['https://ann:secret@github.com/a/b.git', 'https://github.com/a/b'],
  ['https://org@dev.azure.com/org/p/_git/r', 'https://dev.azure.com/org/p/_git/r'],
  ['http://127.0.0.1:3000/Example-Apps.git', 'http://127.0.0.1:3000/Example-Apps'],
  ['https://host/a.github.io', 'https://host/a.github.io'],
] as const)('%s is %s', ([url, normalised]) => {
  expect(normaliseRepoUrl(url)).toBe(normalised)
  expect(normaliseRepoUrl(normalised)).toBe(normalised)
})

test.for([
  ['git@github.com:a/b.git', 'SSH repositories is not there yet'],
  ['ssh://git@github.com/a/b', 'SSH repositories is not there yet'],
  ['oci://registry.example.com/charts', 'OCI repositories is not there yet'],
  ['file:///etc', 'repository URL "file:///etc" is not an http or https URL'],
  ['git://host/a', 'repository URL "git://host/a" is not an http or https URL'],
  ['', 'repository URL "" is not an http or https URL'],
  ['../a', 'repository URL "../a" is not an http or https URL'],
  ['https://', 'repository URL "https://" is not an http or https URL'],
  [
    'https://host/a?token=secret',
    'repository URL "https://host/a" has a query or fragment; leave out what follows "?" or "#"',
  ],
  [
    'https://host/a#secret',
    'repository URL "https://host/a" has a query or fragment; leave out what follows "?" or "#"',
  ],
  ['https://ann:se/cret@ho st/a', 'repository URL "https://ho st/a" is not an http or https URL'],
] as const)('%s is refused: %s', ([url, message]) => {
  expect(() => normaliseRepoUrl(url)).toThrow(message)
})

test('an SSH URL is a feature that is not there, any other a wrong argument', () => {
  const codeOf = (url: string) => {
    try {
      return normaliseRepoUrl(url)
    } catch (error) {
      return faultOf(error).code
    }
  }
  expect(codeOf('git@github.com:a/b')).toBe('Unimplemented')
  expect(codeOf('ftp://host/a')).toBe('InvalidArgument')
})

test.for([
  ['https://ann:secret@host/a.git', 'https://host/a.git'],
  ['https://token@host/a.git', 'https://host/a.git'],
  ['https://host/a.git?token=secret#secret', 'https://host/a.git'],
  ['https://host/a@v1', 'https://host/a@v1'],
  ['https://ann:p@ss@host/a', 'https://host/a'],
  ['https://ann:se/cret@ho st/a', 'https://ho st/a'],
  ['ann:secret@host/a', 'host/a'],
] as const)('%s is shown as %s', ([url, shown]) => {
  expect(hideCredentials(url)).toBe(shown)
})
