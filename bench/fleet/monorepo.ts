import { join } from 'node:path'
import { type WorkingCopy, cloneWorkingCopy } from '../../local/git-server/working-copy.ts'
import { runGit } from '../../local/git-server/run-git.ts'

export const REPOSITORY = 'fleet.git'

/** One repository with a directory for each Application, and a clone to change it in. */
export interface Monorepo {
  readonly url: string
  /** Changes the ConfigMap of one Application and pushes; answers the value that it now has. */
  change(app: string): Promise<string>
  remove(): Promise<void>
}

/** Makes the bare repository beneath the Git server's root and fills it with one push. */
export async function createMonorepo(
  server: { readonly url: string; readonly root: string },
  apps: readonly string[],
): Promise<Monorepo> {
  const { root } = server
  await runGit(['init', '-q', '--bare', '-b', 'main', join(root, REPOSITORY)], {
    cwd: root,
    home: root,
  })
  const url = `${server.url}/${REPOSITORY}`
  const copy: WorkingCopy = await cloneWorkingCopy(url)
  const files = Object.fromEntries(apps.flatMap((app) => Object.entries(filesOf(app))))
  await copy.push({ files, message: `Add ${apps.length} Applications` })
  let changes = 0
  return {
    url,
    async change(app) {
      const value = `changed ${++changes}`
      const file = { [`apps/${app}/configmap.json`]: text(configMap(app, value)) }
      await copy.push({ files: file, message: `Change ${app}` })
      return value
    },
    remove: () => copy.remove(),
  }
}

const filesOf = (app: string): Readonly<Record<string, string>> => ({
  [`apps/${app}/configmap.json`]: text(configMap(app, 'first')),
  [`apps/${app}/deployment.json`]: text(deployment(app)),
  [`apps/${app}/service.json`]: text(service(app)),
})

const text = (manifest: object): string => `${JSON.stringify(manifest, null, 2)}\n`

const configMap = (name: string, value: string): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data: { value, 'settings.ini': 'level=info\nworkers=4\n' },
})

const deployment = (name: string): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        containers: [
          {
            name: 'main',
            image: 'example.invalid/web:1.0.0',
            ports: [{ containerPort: 8080 }],
            envFrom: [{ configMapRef: { name } }],
            resources: { requests: { cpu: '10m', memory: '16Mi' } },
          },
        ],
      },
    },
  },
})

const service = (name: string): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: {
    clusterIP: 'None',
    selector: { app: name },
    ports: [{ name: 'http', port: 80, targetPort: 8080 }],
  },
})
