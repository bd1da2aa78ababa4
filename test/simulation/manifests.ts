/** The sample Applications of the simulation, as files of their directory in the repository. */
export type Files = Record<string, string>

export const initialFiles = (tenant: string, app: string): Files => ({
  [`${app}/config.yaml`]: configMap(tenant, app, 'config', 'v0'),
  [`${app}/web.yaml`]: deployment(app, 1, 0),
  [`${app}/extra.yaml`]: configMap(tenant, app, 'extra', 'v0'),
})

export const configMap = (tenant: string, app: string, name: string, value: string): string =>
  [
    'apiVersion: v1',
    'kind: ConfigMap',
    `metadata: {name: ${app}-${name}, namespace: default}`,
    `data: {tenant: ${tenant}, value: ${value}}`,
    '',
  ].join('\n')

/** A Deployment of a later wave when `wave` is not 0, so that syncs have several steps. */
export const deployment = (app: string, replicas: number, wave: number): string =>
  [
    'apiVersion: apps/v1',
    'kind: Deployment',
    'metadata:',
    `  name: ${app}-web`,
    '  namespace: default',
    ...(wave === 0 ? [] : [`  annotations: {argocd.argoproj.io/sync-wave: "${wave}"}`]),
    'spec:',
    `  replicas: ${replicas}`,
    `  selector: {matchLabels: {app: ${app}}}`,
    '  template:',
    `    metadata: {labels: {app: ${app}}}`,
    `    spec: {containers: [{name: web, image: "registry.example.com/web:1"}]}`,
    '',
  ].join('\n')
