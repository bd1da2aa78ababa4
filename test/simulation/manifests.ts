/** The sample Applications of the simulation, as files of their directory in the repository. */
export type Files = Record<string, string>

export const initialFiles = (tenant: string, app: string, path: string): Files => ({
  [`${path}/config.yaml`]: configMap({ tenant, app, name: 'config', value: path }),
  [`${path}/web.yaml`]: deployment(app, 1, 0),
  [`${path}/extra.yaml`]: configMap({ tenant, app, name: 'extra', value: 'v0' }),
})

export interface ConfigMapOptions {
  readonly tenant: string
  readonly app: string
  readonly name: string
  readonly value: string
  readonly wave?: number
}

export const configMap = ({ tenant, app, name, value, wave = 0 }: ConfigMapOptions): string =>
  [
    'apiVersion: v1',
    'kind: ConfigMap',
    'metadata:',
    `  name: ${app}-${name}`,
    '  namespace: default',
    ...waveLines(wave),
    `data: {tenant: ${tenant}, value: ${value}}`,
    '',
  ].join('\n')

const waveLines = (wave: number): readonly string[] =>
  wave === 0 ? [] : [`  annotations: {argocd.argoproj.io/sync-wave: "${wave}"}`]

/** A Deployment of a later wave when `wave` is not 0, so that syncs have several steps. */
export const deployment = (app: string, replicas: number, wave: number): string =>
  [
    'apiVersion: apps/v1',
    'kind: Deployment',
    'metadata:',
    `  name: ${app}-web`,
    '  namespace: default',
    ...waveLines(wave),
    'spec:',
    `  replicas: ${replicas}`,
    `  selector: {matchLabels: {app: ${app}}}`,
    '  template:',
    `    metadata: {labels: {app: ${app}}}`,
    `    spec: {containers: [{name: web, image: "registry.example.com/web:1"}]}`,
    '',
  ].join('\n')
