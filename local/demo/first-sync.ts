import { randomUUID } from 'node:crypto'
import { SAMPLE_REPOSITORY } from '../git-server/sample-repository.ts'
import { imageOf, type LiveObject, NAMESPACE, openApiReader, type ApiReader } from './eyes.ts'
import { git } from './git-commands.ts'
import type { EarlyStage, Step } from './stage.ts'
import { WAIT_SECONDS_MAX } from './stage.ts'
import { expectState } from './state-of.ts'
import { expectThat } from './step-failed.ts'
import { until } from './until.ts'

export const DEPLOYMENT: LiveObject = { group: 'apps', kind: 'Deployment', name: 'guestbook-ui' }
export const SERVICE: LiveObject = { group: '', kind: 'Service', name: 'guestbook-ui' }
export const BOTH: readonly string[] = ['Service/guestbook-ui', 'Deployment/guestbook-ui']

export const lookAtRepository: Step<EarlyStage> = {
  title: 'A Git server offers the repository example-apps',
  async run(stage) {
    for (const object of [DEPLOYMENT, SERVICE]) {
      const found = (await stage.person.live(object)) !== undefined
      expectThat(
        !found,
        `${object.kind} ${object.name} is in namespace ${NAMESPACE} already, and is not ours; delete it, or choose another cluster`,
      )
    }
    await git(stage, 'remote', '--verbose')
    await git(stage, 'ls-tree', '-r', '--name-only', 'HEAD', 'guestbook')
  },
}

/** Logs in, and answers a reader of the API, which later steps check the state with. */
export async function logIn(stage: EarlyStage): Promise<ApiReader> {
  const { argosy, platform, options } = stage
  const { host } = new URL(platform.url)
  const initial = platform.initialPassword ?? ''
  await argosy(`login ${host} --plaintext --username admin --password ${initial}`)
  const password = `demo-${randomUUID().slice(0, 8)}`
  await argosy(`account update-password --current-password ${initial} --new-password ${password}`)
  const { url } = platform
  const isRefused = await openApiReader({ url, password: initial, app: options.app }).then(
    () => false,
    () => true,
  )
  expectThat(isRefused, 'the initial password still opens the door')
  return openApiReader({ url, password, app: options.app })
}

export const createApplication: Step = {
  title: 'Create the Application',
  async run({ argosy, platform, options: { app }, api, terminal }) {
    const repo = `${platform.git.url}/${SAMPLE_REPOSITORY}`
    await argosy(
      `app create ${app} --repo ${repo} --path guestbook --dest-server https://kubernetes.default.svc --dest-namespace ${NAMESPACE}`,
    )
    await until(terminal, {
      what: `${app} is compared with the cluster for the first time`,
      secondsMax: WAIT_SECONDS_MAX,
      missing: async () =>
        (await api.application()).status.sync.status === '' ? 'it is not yet' : undefined,
    })
    await argosy(`app get ${app}`)
    expectState(await api.application(), {
      sync: 'OutOfSync',
      health: 'Missing',
      resources: BOTH,
    })
  },
}

export const syncApplication: Step = {
  title: 'Sync it',
  async run({ argosy, options: { app }, api }) {
    await argosy(`app sync ${app}`)
    const { operationState } = (await api.application()).status
    expectThat(
      operationState?.phase === 'Succeeded',
      `the sync is ${operationState?.phase ?? 'not there'}: ${operationState?.message ?? ''}`,
    )
  },
}

export const getHealthy: Step = {
  title: 'It becomes Synced and Healthy',
  async run({ argosy, options: { app, image }, api, person }) {
    await argosy(`app wait ${app} --health --timeout ${WAIT_SECONDS_MAX}`)
    await argosy(`app get ${app}`)
    expectState(await api.application(), { sync: 'Synced', health: 'Healthy', resources: BOTH })
    const live = await person.live(DEPLOYMENT)
    expectThat(live !== undefined, 'the cluster has no Deployment guestbook-ui')
    expectThat(
      image === undefined || imageOf(live) === image,
      `the Deployment in the cluster runs ${imageOf(live)}`,
    )
    expectThat((await person.live(SERVICE)) !== undefined, 'the cluster has no Service')
  },
}
