import { annotation, type Manifest } from '../manifest/manifest.ts'
import { isObject, parseJson, type Json } from '../std/json.ts'
import {
  asCondition,
  conditionsOf,
  health,
  type HealthRule,
  type StatusCondition,
} from './fields.ts'

/** Where `autoscaling/v1` keeps the conditions that it has no field for. */
const V1_CONDITIONS = 'autoscaling.alpha.kubernetes.io/conditions'

const DEGRADED_REASONS: Readonly<Record<string, readonly string[]>> = {
  AbleToScale: ['FailedGetScale', 'FailedUpdateScale'],
  ScalingActive: [
    'FailedGetResourceMetric',
    'FailedGetObjectMetric',
    'FailedGetPodsMetric',
    'FailedGetExternalMetric',
    'FailedComputeMetricsReplicas',
    'InvalidSelector',
  ],
}
const HEALTHY_TYPES = ['AbleToScale', 'ScalingLimited'] as const

/** The first condition that says something decides, as in Argo CD. */
export const autoscalerHealth: HealthRule = (live) => {
  for (const condition of allConditions(live)) {
    if (isDegraded(condition)) return health('Degraded', condition.message)
    if (isHealthy(condition)) return health('Healthy', condition.message)
  }
  return health('Progressing', 'Waiting to Autoscale')
}

const isDegraded = ({ type, reason }: StatusCondition): boolean =>
  Object.hasOwn(DEGRADED_REASONS, type) && DEGRADED_REASONS[type]?.includes(reason) === true

const isHealthy = ({ type, status }: StatusCondition): boolean =>
  status === 'True' && HEALTHY_TYPES.some((healthy) => healthy === type)

function allConditions(live: Manifest): readonly StatusCondition[] {
  const text = annotation(live, V1_CONDITIONS)
  return text === undefined ? conditionsOf(live) : conditionsIn(text)
}

function conditionsIn(text: string): readonly StatusCondition[] {
  try {
    const parsed = parseJson(text)
    return Array.isArray(parsed)
      ? parsed.filter((item: Json) => isObject(item)).map(asCondition)
      : []
  } catch {
    return []
  }
}
