import { expect, test } from 'vitest'
import { readYaml } from '../manifest/yaml.ts'
import {
  NAME_LENGTH_MAX,
  parseApplication,
  parseApplicationSpec,
  PROBLEMS_TOLD_MAX,
} from './parse-application.ts'

const parse = (yaml: string) => parseApplication(readYaml(yaml)[0])
const problemsOf = (yaml: string) => parse(yaml).problems
const named = (name: string) => problemsOf(`{metadata: {name: "${name}"}, spec: {}}`)

test('an Application as people write it', () => {
  const yaml = `
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: guestbook
  namespace: argocd
  labels: {team: a}
  finalizers: [resources-finalizer.argocd.argoproj.io]
spec:
  project: ""
  source:
    repoURL: https://example.com/repo
    path: guestbook
    targetRevision: HEAD
    future: {a: 1}
    helm: {}
    directory: {recurse: false, jsonnet: {}}
  destination: {server: https://kubernetes.default.svc, namespace: default}
  syncPolicy: {automated: {prune: false}, syncOptions: [], retry: {}}
  revisionHistoryLimit: 0
status: {sync: {status: Synced}}
operation: {sync: {}}
`
  expect(parse(yaml)).toEqual({
    value: {
      name: 'guestbook',
      namespace: 'argocd',
      labels: { team: 'a' },
      annotations: {},
      finalizers: ['resources-finalizer.argocd.argoproj.io'],
      spec: {
        project: 'default',
        source: {
          repoURL: 'https://example.com/repo',
          path: 'guestbook',
          targetRevision: 'HEAD',
          future: { a: 1 },
        },
        destination: { server: 'https://kubernetes.default.svc', namespace: 'default' },
        syncPolicy: { automated: {} },
        revisionHistoryLimit: 0,
      },
    },
    problems: [],
  })
})

test.for([
  ['{}', "{project: 'default', destination: {}}"],
  ['{syncPolicy: {}, sources: [], source: null}', "{project: 'default', destination: {}}"],
  [
    '{sources: [{repoURL: r, kustomize: {}}, {repoURL: s, ref: ""}]}',
    "{project: 'default', destination: {}, sources: [{repoURL: r}, {repoURL: s}]}",
  ],
  [
    '{syncPolicy: {automated: {enabled: false, selfHeal: true}}}',
    "{project: 'default', destination: {}, syncPolicy: {automated: {enabled: false, selfHeal: true}}}",
  ],
  [
    '{source: {repoURL: r, helm: {valuesObject: {a: "", b: [], c: {}}}}}',
    "{project: 'default', destination: {}, source: {repoURL: r, helm: {valuesObject: {a: '', b: [], c: {}}}}}",
  ],
  [
    '{source: {repoURL: r, directory: {recurse: true, jsonnet: {}}}}',
    "{project: 'default', destination: {}, source: {repoURL: r, directory: {recurse: true}}}",
  ],
] as const)('the spec %s becomes %s, and stays so', ([yaml, expected]) => {
  const { value } = parseApplicationSpec(readYaml(yaml)[0])
  expect(value).toEqual(readYaml(expected)[0])
  expect(parseApplicationSpec(JSON.parse(JSON.stringify(value))).value).toEqual(value)
})

test.for(['a', 'guestbook-2', 'team.guestbook', 'a'.repeat(NAME_LENGTH_MAX)])(
  'the name %s is accepted',
  (name) => {
    expect(named(name)).toEqual([])
  },
)

test.for(['', 'A', '-a', 'a-', 'a..b', 'a_b', 'a/b', 'ä', 'a'.repeat(NAME_LENGTH_MAX + 1)])(
  'the name %j is refused',
  (name) => {
    expect(named(name)).toEqual([
      `metadata.name: Invalid value: "${name}": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', start and end with an alphanumeric character, and have at most 253`,
    ])
  },
)

test.for([
  ['', ['the body: is missing', ...named('')]],
  ['[]', ['the body: expected map but found list', ...named('')]],
  ['{metadata: {name: a}}', ['spec: is missing']],
  [
    '{kind: Deployment, metadata: {name: a}, spec: {}}',
    ['kind: expected Application but found "Deployment"'],
  ],
  [
    '{metadata: {name: a, labels: {a: 1}}, spec: {source: [], sources: {}, project: 5, syncPolicy: {automated: yes, syncOptions: [1], retry: {limit: 1.5}}}}',
    [
      'metadata.labels.a: expected string but found number',
      'spec.project: expected string but found number',
      'spec.source: expected map but found list',
      'spec.sources: expected list but found map',
      'spec.syncPolicy.automated: expected map but found boolean',
      'spec.syncPolicy.syncOptions.0: expected string but found number',
      'spec.syncPolicy.retry.limit: expected integer',
    ],
  ],
  [
    '{metadata: {name: a}, spec: {source: {repoURL: "https://me:secret@example.com/a.git"}}}',
    [
      'spec.source.repoURL: holds a password; write the URL without it (repository credentials are not there yet)',
    ],
  ],
  [
    '{metadata: {name: a}, spec: {revisionHistoryLimit: -1, syncPolicy: {retry: {backoff: {duration: soon, maxDuration: 3x, factor: -2}}}}}',
    [
      'spec.revisionHistoryLimit: -1 is negative',
      'spec.syncPolicy.retry.backoff.factor: -2 is negative',
      'spec.syncPolicy.retry.backoff.duration: "soon" is no duration; write it like 5s, 3m or 1h30m',
      'spec.syncPolicy.retry.backoff.maxDuration: "3x" is no duration; write it like 5s, 3m or 1h30m',
    ],
  ],
] as const)('%s has the problems %j', ([yaml, problems]) => {
  expect(problemsOf(yaml)).toEqual(problems)
})

test('problems of form and of meaning come together', () => {
  expect(
    problemsOf('{metadata: {name: A}, spec: {project: 1, revisionHistoryLimit: -1}}'),
  ).toHaveLength(3)
})

test('problems are not told without end', () => {
  const labels = Array.from({ length: PROBLEMS_TOLD_MAX + 5 }, (_, index) => `l${index}: 1`)
  const problems = problemsOf(`{metadata: {name: a, labels: {${labels.join(', ')}}}, spec: {}}`)
  expect(problems).toHaveLength(PROBLEMS_TOLD_MAX + 1)
  expect(problems.at(-1)).toBe('and 5 more problems')
})

test.for(['helm', 'kustomize', 'directory', 'plugin'])(
  'a secret in the wrong place of %s is not told',
  (tool) => {
    const problems = problemsOf(`{metadata: {name: a}, spec: {source: {${tool}: hunter2}}}`)
    expect(problems).toEqual([`spec.source.${tool}: expected map but found string`])
  },
)
