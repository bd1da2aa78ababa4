import type { Manifest } from '../../lib/manifest/manifest.ts'
import type { JsonObject } from '../../lib/std/json.ts'
import { toRfc3339 } from '../../lib/std/rfc3339.ts'
import { NODE_NAME } from './controllers/children.ts'
import { BUILT_IN_KINDS } from './kinds.ts'
import { asNewObject } from './new-object.ts'
import { GIT_VERSION } from './routes.ts'
import type { Store } from './store.ts'

interface FirstContext {
  readonly store: Store
  /** Epoch ms. */
  readonly now: () => number
  readonly newUid: () => string
}

/** What a cluster has before anybody writes to it. */
export function addFirstObjects({ store, now, newUid }: FirstContext): void {
  const add = (draft: Manifest, status?: JsonObject): void => {
    const kind = BUILT_IN_KINDS.find(
      (known) => known.apiVersion === draft.apiVersion && known.kind === draft.kind,
    )
    const { name = '', namespace = '' } = draft.metadata
    if (kind === undefined || store.get(`${kind.group}/${kind.kind}`, namespace, name)) return
    const object = asNewObject(kind, draft, { uid: newUid(), now: now() })
    store.put(status === undefined ? object : { ...object, status })
  }

  for (const name of ['default', 'kube-system', 'kube-public', 'kube-node-lease']) {
    add({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  }
  add({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: {
      name: 'standard',
      annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
    },
    provisioner: 'sandbox.argosy/none',
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'Immediate',
  })
  add(
    {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: NODE_NAME, labels: { 'kubernetes.io/hostname': NODE_NAME } },
      spec: {},
    },
    nodeStatus(toRfc3339(now())),
  )
}

const nodeStatus = (time: string): JsonObject => ({
  conditions: [
    {
      type: 'Ready',
      status: 'True',
      reason: 'Sandbox',
      message: 'nothing really runs on this node',
      lastHeartbeatTime: time,
      lastTransitionTime: time,
    },
  ],
  addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
  capacity: { cpu: '8', memory: '16Gi', pods: '10000' },
  allocatable: { cpu: '8', memory: '16Gi', pods: '10000' },
  nodeInfo: {
    machineID: '',
    systemUUID: '',
    bootID: '',
    kernelVersion: '',
    osImage: 'Argosy sandbox',
    containerRuntimeVersion: 'none://',
    kubeletVersion: GIT_VERSION,
    kubeProxyVersion: '',
    operatingSystem: 'linux',
    architecture: 'amd64',
  },
})
