import type { Manifest } from '../../lib/manifest/manifest.ts'
import { valueAt } from '../../lib/manifest/manifest.ts'
import { isObject, jsonEqual } from '../../lib/std/json.ts'
import { objectAt, objectsAt, type ServedKind } from './kinds.ts'
import { type Invalidity, invalid } from './status.ts'

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/
const SUBDOMAIN_LENGTH_MAX = 253
const LABEL_LENGTH_MAX = 63

/** Throws 422 for a new object that a real server refuses; docs/sandbox.md says what is not checked. */
export function validateNew(kind: ServedKind, object: Manifest): void {
  const name = object.metadata.name ?? ''
  const problems = [...nameProblems(kind, name), ...workloadProblems(object)]
  if (problems.length > 0) throw invalid(kind, name, problems)
}

/** Throws 422 for a change of what cannot be changed. */
export function validateChange(kind: ServedKind, live: Manifest, next: Manifest): void {
  const problems = [...immutableProblems(kind, live, next), ...workloadProblems(next)]
  if (problems.length > 0) throw invalid(kind, next.metadata.name ?? '', problems)
}

const RFC_1123 =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
const RFC_1123_LABEL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"

function nameProblems(kind: ServedKind, name: string): readonly Invalidity[] {
  const field = 'metadata.name'
  if (name === '') {
    const message = 'Required value: name or generateName is required'
    return [{ field, message, reason: 'FieldValueRequired' }]
  }
  const wrong = (cause: string): readonly Invalidity[] => [
    { field, message: `Invalid value: "${name}": ${cause}`, reason: 'FieldValueInvalid' },
  ]
  // RBAC names are path segments: anything but `.`, `..`, `/` and `%`.
  if (kind.group === 'rbac.authorization.k8s.io') {
    return /^\.{1,2}$|[/%]/.test(name) ? wrong("may not contain '/' or '%'") : []
  }
  if (kind.kind === 'Namespace' || kind.kind === 'Service') {
    return LABEL.test(name) && name.length <= LABEL_LENGTH_MAX ? [] : wrong(RFC_1123_LABEL)
  }
  return SUBDOMAIN.test(name) && name.length <= SUBDOMAIN_LENGTH_MAX ? [] : wrong(RFC_1123)
}

const SELECTING = new Set(['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet'])

function workloadProblems(object: Manifest): readonly Invalidity[] {
  if (object.kind === 'Pod') return containerProblems(object, ['spec'])
  if (object.apiVersion === 'batch/v1' && object.kind === 'Job') {
    return containerProblems(object, ['spec', 'template', 'spec'])
  }
  if (object.apiVersion !== 'apps/v1' || !SELECTING.has(object.kind)) return []
  const selector = objectAt(object, 'spec', 'selector', 'matchLabels')
  const labels = objectAt(object, 'spec', 'template', 'metadata', 'labels')
  const problems = [...containerProblems(object, ['spec', 'template', 'spec'])]
  if (!isObject(valueAt(object, 'spec', 'selector'))) {
    problems.push({
      field: 'spec.selector',
      message: 'Required value',
      reason: 'FieldValueRequired',
    })
  }
  if (Object.entries(selector).some(([name, value]) => labels[name] !== value)) {
    problems.push({
      field: 'spec.template.metadata.labels',
      message: `Invalid value: ${JSON.stringify(labels)}: \`selector\` does not match template \`labels\``,
      reason: 'FieldValueInvalid',
    })
  }
  return problems
}

function containerProblems(object: Manifest, path: readonly string[]): readonly Invalidity[] {
  const field = `${path.join('.')}.containers`
  const containers = objectsAt(object, ...path, 'containers')
  if (containers.length === 0) {
    return [{ field, message: 'Required value', reason: 'FieldValueRequired' }]
  }
  return containers.flatMap((container, index) =>
    ['name', 'image']
      .filter((name) => container[name] === undefined || container[name] === '')
      .map((name) => ({
        field: `${field}[${index}].${name}`,
        message: 'Required value',
        reason: 'FieldValueRequired',
      })),
  )
}

/** Fields that cannot change once they are set. */
const IMMUTABLE: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'apps/Deployment': [['spec', 'selector']],
  'apps/ReplicaSet': [['spec', 'selector']],
  'apps/DaemonSet': [['spec', 'selector']],
  'apps/StatefulSet': [
    ['spec', 'selector'],
    ['spec', 'serviceName'],
    ['spec', 'podManagementPolicy'],
    ['spec', 'volumeClaimTemplates'],
  ],
  'batch/Job': [
    ['spec', 'selector'],
    ['spec', 'template'],
    ['spec', 'completions'],
  ],
  '/PersistentVolumeClaim': [
    ['spec', 'accessModes'],
    ['spec', 'storageClassName'],
  ],
  '/Secret': [['type']],
  'rbac.authorization.k8s.io/RoleBinding': [['roleRef']],
  'rbac.authorization.k8s.io/ClusterRoleBinding': [['roleRef']],
}

function immutableProblems(
  kind: ServedKind,
  live: Manifest,
  next: Manifest,
): readonly Invalidity[] {
  const fields = [...(IMMUTABLE[`${kind.group}/${kind.kind}`] ?? [])]
  const isFrozen =
    live['immutable'] === true && (kind.kind === 'ConfigMap' || kind.kind === 'Secret')
  if (isFrozen) fields.push(['data'], ['binaryData'], ['immutable'])
  return fields
    .filter((path) => !jsonEqual(valueAt(live, ...path), valueAt(next, ...path)))
    .map((path) => ({
      field: path.join('.'),
      message: `Invalid value: ${JSON.stringify(valueAt(next, ...path)) ?? 'null'}: field is immutable`,
      reason: 'FieldValueInvalid',
    }))
}
