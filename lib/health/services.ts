import { conditionsOf, health, type HealthRule, listAt, textAt } from './fields.ts'

/** Kinds that become healthy when somebody else has provided what they ask for. */

const isLoadBalanced = (live: Parameters<HealthRule>[0]): boolean =>
  listAt(live, 'status', 'loadBalancer', 'ingress').length > 0

export const serviceHealth: HealthRule = (live) =>
  textAt(live, 'spec', 'type') !== 'LoadBalancer' || isLoadBalanced(live)
    ? health('Healthy')
    : health('Progressing')

export const ingressHealth: HealthRule = (live) =>
  health(isLoadBalanced(live) ? 'Healthy' : 'Progressing')

export const volumeClaimHealth: HealthRule = (live) => {
  switch (textAt(live, 'status', 'phase')) {
    case 'Bound':
      return health('Healthy')
    case 'Pending':
      return health('Progressing')
    case 'Lost':
      return health('Degraded')
    default:
      return health('Unknown')
  }
}

export const apiServiceHealth: HealthRule = (live) => {
  const available = conditionsOf(live).find(({ type }) => type === 'Available')
  if (available === undefined) return health('Progressing', 'Waiting to be processed')
  const { status, reason, message } = available
  return health(status === 'True' ? 'Healthy' : 'Progressing', `${reason}: ${message}`)
}

/** A definition counts once its API is served: objects of the kind cannot be applied before. */
export const definitionHealth: HealthRule = (live) => {
  const conditions = conditionsOf(live)
  const has = (type: string, status: string) =>
    conditions.find((condition) => condition.type === type && condition.status === status)

  const refused = has('NamesAccepted', 'False')
  const isInstalling = refused?.reason === 'Installing'
  if (refused !== undefined && !isInstalling) {
    return health('Degraded', `CRD names have not been accepted: ${refused.message}`)
  }
  const violation = has('NonStructuralSchema', 'True')
  if (violation !== undefined) {
    return health('Degraded', `Schema violations found: ${violation.message}`)
  }
  return has('Established', 'True') === undefined
    ? health('Progressing', 'CRD is not established')
    : health('Healthy', 'CRD is healthy')
}

export const workflowHealth: HealthRule = (live) => {
  const message = textAt(live, 'status', 'message')
  switch (textAt(live, 'status', 'phase')) {
    case '':
    case 'Pending':
    case 'Running':
      return health('Progressing', message)
    case 'Succeeded':
      return health('Healthy', message)
    case 'Failed':
    case 'Error':
      return health('Degraded', message)
    default:
      return health('Unknown', message)
  }
}
