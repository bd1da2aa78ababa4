import { describe, expect, test } from 'vitest'
import { WILDCARDS } from '../../infra/wildcards.ts'
import { resourcesOf, synthesize } from './synthesize.ts'

const template = synthesize()

interface Statement {
  readonly Effect: string
  readonly Action: string | readonly string[]
  readonly Resource: unknown
  readonly Condition?: unknown
}

const statementsOf = (properties: Readonly<Record<string, unknown>>): readonly Statement[] =>
  ['PolicyDocument', 'KeyPolicy'].flatMap((name) => {
    const document = properties[name] as { readonly Statement: readonly Statement[] } | undefined
    return document?.Statement ?? []
  })

const listOf = <T>(value: T | readonly T[]): readonly T[] =>
  Array.isArray(value) ? (value as readonly T[]) : [value as T]

/** Each `*` that a statement allows, as it is named in `infra/wildcards.ts`. */
function wildcardsIn({ Action, Resource }: Statement): readonly string[] {
  const resources = listOf(Resource).map((resource) =>
    typeof resource === 'string' ? resource : JSON.stringify(resource),
  )
  return [...listOf(Action), ...resources]
    .filter((text) => text.includes('*'))
    .map((text) => (text.includes('BlobsBucket') && text.includes('"/*"') ? 'blob objects' : text))
}

const allowed = Object.values(template.toJSON()['Resources'] as Record<string, Resource>).flatMap(
  ({ Type, Properties = {} }) =>
    statementsOf(Properties)
      .filter(({ Effect }) => Effect === 'Allow')
      .map((statement) => ({ where: Type, statement })),
)

interface Resource {
  readonly Type: string
  readonly Properties?: Readonly<Record<string, unknown>>
}

test('no action or resource is a wildcard without a written reason, and no reason is left over', () => {
  const found = allowed.flatMap(({ where, statement }) =>
    wildcardsIn(statement).map((text) => `${where}: ${text}`),
  )
  const written = WILDCARDS.map(({ where, text }) => `${where}: ${text}`)
  expect([...new Set(found)].toSorted()).toEqual(written.toSorted())
  for (const { reason } of WILDCARDS) expect(reason.length).toBeGreaterThan(20)
})

test('no role has a managed policy', () => {
  const roles = Object.values(resourcesOf(template, 'AWS::IAM::Role'))
  expect(roles.length).toBeGreaterThan(0)
  for (const { Properties } of roles) expect(Properties['ManagedPolicyArns']).toBeUndefined()
})

const ITEMS =
  'dynamodb:BatchGetItem dynamodb:BatchWriteItem dynamodb:DeleteItem dynamodb:GetItem dynamodb:PutItem dynamodb:Query dynamodb:UpdateItem'
const LOGS = 'logs:CreateLogStream logs:PutLogEvents'
const BLOBS = 's3:GetObject s3:ListBucket s3:PutObject'
const CONSUME = 'sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage'

describe('what each function may do', () => {
  test.for([
    ['ApiFunction', `${ITEMS} kms:Decrypt kms:GenerateDataKey ${LOGS} ${BLOBS} sqs:SendMessage`],
    ['PollerFunction', `dynamodb:Query ${LOGS} sqs:SendMessage`],
    ['RepoWorker', `${ITEMS} ${LOGS} ${BLOBS} ${CONSUME} sqs:SendMessage`],
    ['AppWorker', `${ITEMS} kms:Decrypt ${LOGS} ${BLOBS} ${CONSUME} sqs:SendMessage`],
    ['ClusterWorker', `${ITEMS} kms:Decrypt ${LOGS} ${BLOBS} ${CONSUME} sqs:SendMessage`],
  ] as const)('%s: %s', ([id, expected]) => {
    const actions = policyOf(id).flatMap(({ Action }) => listOf(Action))
    expect(actions.toSorted().join(' ')).toBe(expected)
  })

  test.for([
    ['ApiFunction', 'App Cluster Repo'],
    ['PollerFunction', 'App Cluster Repo'],
    ['RepoWorker', 'App'],
    ['AppWorker', 'App'],
    ['ClusterWorker', 'App'],
  ] as const)('%s sends to the queues: %s', ([id, expected]) => {
    const targets = policyOf(id)
      .filter(({ Action }) => Action === 'sqs:SendMessage')
      .flatMap(({ Resource }) => listOf(Resource))
      .map((resource) => /"(Repo|App|Cluster)Queue/.exec(JSON.stringify(resource))?.[1] ?? '?')
    expect(targets.toSorted().join(' ')).toBe(expected)
  })

  test('only the poller asks across tenants, and it asks nothing else of the table', () => {
    const readers = allowed.filter(({ statement }) =>
      JSON.stringify(statement.Resource).includes('/index/due'),
    )
    expect(readers.map(({ statement }) => statement)).toEqual(
      policyOf('PollerFunction').filter(({ Action }) => Action === 'dynamodb:Query'),
    )
  })

  test('the key is used only with an encryption context that names a tenant', () => {
    const users = allowed.filter(
      ({ where, statement }) =>
        where === 'AWS::IAM::Policy' && JSON.stringify(statement.Action).includes('kms:'),
    )
    expect(users.length).toBe(3)
    for (const { statement } of users) {
      expect(statement.Condition).toEqual({
        'ForAnyValue:StringEquals': { 'kms:EncryptionContextKeys': ['tenant'] },
      })
    }
  })
})

function policyOf(id: string): readonly Statement[] {
  const policies = Object.entries(resourcesOf(template, 'AWS::IAM::Policy'))
  return policies
    .filter(([name]) => name.startsWith(id))
    .flatMap(([, { Properties }]) => statementsOf(Properties))
}
