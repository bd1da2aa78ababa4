import { LOCAL_INTERVALS } from '../compose.ts'
import { NAMESPACE, replicasOf } from './eyes.ts'
import { BOTH, DEPLOYMENT, SERVICE } from './first-sync.ts'
import { commitAndPush, editFile, git } from './git-commands.ts'
import { type Stage, type Step, SWEEP_SECONDS, WAIT_SECONDS_MAX } from './stage.ts'
import { differenceOf, type ExpectedState } from './state-of.ts'
import { expectThat } from './step-failed.ts'
import { until } from './until.ts'

const REPLICAS = 3
const BY_HAND = 7
const REPOSITORY_SECONDS = LOCAL_INTERVALS.repositoryMs / 1000

export const automate: Step = {
  title: 'Switch on automated sync',
  async run({ argosy, options: { app }, api }) {
    await argosy(`app set ${app} --sync-policy automated --auto-prune --self-heal`)
    const { automated } = (await api.application()).spec.syncPolicy ?? {}
    expectThat(
      automated?.prune === true && automated.selfHeal === true,
      `the sync policy is ${JSON.stringify(automated)}`,
    )
  },
}

export const pushCommit: Step = {
  title: 'Push a commit: it is live without anyone asking',
  async run(stage) {
    const { terminal, person } = stage
    await editFile(stage, 'guestbook/guestbook-ui-deployment.yaml', [
      /replicas: \d+/,
      `replicas: ${REPLICAS}`,
    ])
    const commit = await commitAndPush(stage, 'Run three of them')
    terminal.note(`The repository is looked at every ${REPOSITORY_SECONDS} s.`)
    const seconds = await until(terminal, {
      what: `the cluster has ${REPLICAS} replicas`,
      secondsMax: WAIT_SECONDS_MAX,
      async missing() {
        const replicas = replicasOf(await person.live(DEPLOYMENT))
        return replicas === String(REPLICAS) ? undefined : `it has ${replicas}`
      },
    })
    terminal.note(`Live ${seconds.toFixed(1)} s after the push.`)
    await becomesSynced(stage, commit, BOTH)
  },
}

export const editByHand: Step = {
  title: 'Somebody edits the live Deployment: it is put back',
  async run(stage) {
    const { terminal, person, argosy, options } = stage
    const patch = [{ op: 'replace', path: '/spec/replicas', value: BY_HAND }]
    terminal.note(
      `A patch goes to the API server, as this would send it: kubectl --kubeconfig ${stage.platform.cluster.kubeconfig} -n ${NAMESPACE} patch deployment ${DEPLOYMENT.name} --type json -p '${JSON.stringify(patch)}'`,
    )
    const edited = replicasOf(await person.edit(DEPLOYMENT, patch))
    terminal.note(`The cluster has ${edited} replicas now.`)
    expectThat(edited === String(BY_HAND), 'the cluster did not take the edit')
    terminal.note(
      `Drift is looked for every ${SWEEP_SECONDS} s here; npm start does so every ${LOCAL_INTERVALS.sweepMs / 1000} s.`,
    )
    const seconds = await until(terminal, {
      what: `the cluster has ${REPLICAS} replicas again`,
      secondsMax: WAIT_SECONDS_MAX,
      async missing() {
        const replicas = replicasOf(await person.live(DEPLOYMENT))
        return replicas === String(REPLICAS) ? undefined : `it has ${replicas}`
      },
    })
    terminal.note(`Put back ${seconds.toFixed(1)} s after the edit.`)
    await until(terminal, waitFor(stage, BOTH))
    await argosy(`app get ${options.app}`)
  },
}

export const deleteFile: Step = {
  title: 'Delete a file from Git: the object is pruned',
  async run(stage) {
    const { terminal, person } = stage
    await git(stage, 'rm', 'guestbook/guestbook-ui-svc.yaml')
    const commit = await commitAndPush(stage, 'Nobody calls it any more')
    const seconds = await until(terminal, {
      what: `the cluster has no Service ${SERVICE.name}`,
      secondsMax: WAIT_SECONDS_MAX,
      missing: async () =>
        (await person.live(SERVICE)) === undefined ? undefined : 'it is still there',
    })
    terminal.note(`Gone ${seconds.toFixed(1)} s after the push.`)
    await becomesSynced(stage, commit, ['Deployment/guestbook-ui'])
    expectThat(
      (await person.live(DEPLOYMENT)) !== undefined,
      'the Deployment, which is still in Git, is gone too',
    )
  },
}

/** Waits until a commit is all there is, and shows it; nobody may have asked for the sync. */
async function becomesSynced(
  stage: Stage,
  commit: string,
  resources: readonly string[],
): Promise<void> {
  const { terminal, api, argosy, options } = stage
  await until(terminal, waitFor(stage, resources, commit))
  await argosy(`app get ${options.app}`)
  const { operationState } = (await api.application()).status
  expectThat(
    operationState?.operation?.initiatedBy.automated === true,
    'somebody has asked for that sync',
  )
}

function waitFor({ api, options }: Stage, resources: readonly string[], commit?: string) {
  const expected: ExpectedState = { sync: 'Synced', health: 'Healthy', resources }
  return {
    what: `${options.app} is Synced and Healthy`,
    secondsMax: WAIT_SECONDS_MAX,
    async missing() {
      const app = await api.application()
      const { revision = '' } = app.status.sync
      if (commit !== undefined && revision !== commit) return `it is at ${revision.slice(0, 7)}`
      return differenceOf(app, expected)
    },
  }
}
