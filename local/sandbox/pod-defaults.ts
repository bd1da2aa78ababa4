import { isObject, type Json, type JsonObject } from '../../lib/std/json.ts'
import { objectAt, objectsAt, textAt } from './kinds.ts'

/** Adds what is absent, object by object; lists are values. */
export function fill(value: JsonObject, defaults: JsonObject): JsonObject {
  const filled: Record<string, Json | undefined> = { ...value }
  for (const [name, preset] of Object.entries(defaults)) {
    const present = filled[name]
    if (present === undefined || present === null) filled[name] = preset
    else if (isObject(present) && isObject(preset)) filled[name] = fill(present, preset)
  }
  return filled
}

const POD = {
  dnsPolicy: 'ClusterFirst',
  schedulerName: 'default-scheduler',
  securityContext: {},
  terminationGracePeriodSeconds: 30,
}

/** The defaults of a pod's spec, in a Pod or in a template; with no policy where there is no default. */
export function podSpec(value: JsonObject, restartPolicy: string): JsonObject {
  const filled = fill(value, restartPolicy === '' ? POD : { restartPolicy, ...POD })
  const account = filled['serviceAccountName']
  return {
    ...filled,
    ...(account === undefined ? {} : { serviceAccount: account }),
    ...each(filled, 'containers', container),
    ...each(filled, 'initContainers', container),
    ...each(filled, 'volumes', volume),
  }
}

/** A list of objects with each of them changed; nothing where there is no list. */
export const each = (
  value: JsonObject,
  name: string,
  change: (item: JsonObject) => JsonObject,
): JsonObject => (Array.isArray(value[name]) ? { [name]: objectsAt(value, name).map(change) } : {})

const VOLUME: JsonObject = {
  configMap: { defaultMode: 420 },
  secret: { defaultMode: 420 },
  projected: { defaultMode: 420 },
  downwardAPI: { defaultMode: 420 },
  hostPath: { type: '' },
}

const volume = (value: JsonObject): JsonObject => fillPresent(value, VOLUME)

/** Defaults for those parts alone that are there. */
const fillPresent = (value: JsonObject, defaults: JsonObject): JsonObject =>
  fill(
    value,
    Object.fromEntries(Object.entries(defaults).filter(([name]) => isObject(value[name]))),
  )

const PROBE = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 }
const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe']

function container(value: JsonObject): JsonObject {
  const image = textAt(value, 'image')
  const isLatest = image.endsWith(':latest') || !/[:@][^/]*$/.test(image)
  const filled = fill(value, {
    imagePullPolicy: isLatest ? 'Always' : 'IfNotPresent',
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  })
  const probes = PROBES.filter((name) => isObject(filled[name])).map((name) => [
    name,
    fillPresent(fill(objectAt(filled, name), PROBE), { httpGet: { scheme: 'HTTP' } }),
  ])
  return {
    ...filled,
    ...each(filled, 'ports', (port) => fill(port, { protocol: 'TCP' })),
    ...each(filled, 'env', variable),
    ...(Object.fromEntries(probes) as JsonObject),
  }
}

const variable = (value: JsonObject): JsonObject =>
  isObject(value['valueFrom'])
    ? {
        ...value,
        valueFrom: fillPresent(value['valueFrom'], { fieldRef: { apiVersion: 'v1' } }),
      }
    : value
