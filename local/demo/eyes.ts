import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { createSystemClock } from '../../lib/clock/system-clock.ts'
import { createHttp2Clusters } from '../../lib/cluster/http2-cluster.ts'
import { readKubeconfig } from '../../lib/cluster/kubeconfig.ts'
import type { ApplicationJson } from '../../lib/manage/application-json.ts'
import { type Manifest, valueAt } from '../../lib/manifest/manifest.ts'
import type { Json } from '../../lib/std/json.ts'
import { StepFailed } from './step-failed.ts'

export const NAMESPACE = 'default'

/** An object of the guestbook in the cluster. */
export interface LiveObject {
  readonly group: string
  readonly kind: string
  readonly name: string
}

/** A person at the cluster, with a connection of their own: what Argosy says is not taken for granted. */
export interface ClusterPerson {
  live(object: LiveObject): Promise<Manifest | undefined>
  /** Changes a field by hand; answers the object as the cluster has it then. */
  edit(object: LiveObject, patch: readonly object[]): Promise<Manifest>
  close(): Promise<void>
}

export async function openClusterPerson(kubeconfig: string): Promise<ClusterPerson> {
  const { connection } = await readKubeconfig(await readFile(kubeconfig, 'utf8'), {
    readFile: (path) => readFile(resolve(dirname(kubeconfig), path), 'utf8'),
  })
  const clusters = createHttp2Clusters({ clock: createSystemClock() })
  const cluster = clusters.connect('person', connection)
  const infoOf = async ({ group, kind }: LiveObject) => {
    const info = await cluster.kindOf(group, kind)
    if (info === undefined) throw new StepFailed(`the cluster does not serve ${kind}`)
    return info
  }
  return {
    live: async (object) => cluster.get(await infoOf(object), NAMESPACE, object.name),
    edit: async (object, patch) =>
      cluster.patch(await infoOf(object), { ...object, namespace: NAMESPACE }, patch),
    close: () => clusters.close(),
  }
}

export const replicasOf = (deployment: Manifest | undefined): string =>
  textOf(valueAt(deployment ?? null, 'spec', 'replicas'))

export const imageOf = (deployment: Manifest | undefined): string =>
  textOf(valueAt(deployment ?? null, 'spec', 'template', 'spec', 'containers', 0, 'image'))

const textOf = (value: Json | undefined): string =>
  typeof value === 'string' ? value : value === undefined ? 'none' : JSON.stringify(value)

/** Reads an Application as JSON from the API, as any other program may. */
export interface ApiReader {
  application(): Promise<ApplicationJson>
}

export async function openApiReader(options: {
  readonly url: string
  readonly password: string
  readonly app: string
}): Promise<ApiReader> {
  const { url, password, app } = options
  const login = await fetch(`${url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password }),
  })
  const { token } = (await bodyOf(login)) as { readonly token: string }
  return {
    async application() {
      const answer = await fetch(`${url}/api/v1/applications/${encodeURIComponent(app)}`, {
        headers: { authorization: `Bearer ${token}` },
      })
      return (await bodyOf(answer)) as ApplicationJson
    },
  }
}

async function bodyOf(answer: Response): Promise<unknown> {
  if (answer.ok) return answer.json()
  throw new StepFailed(`the API answered ${answer.status}: ${await answer.text()}`)
}
