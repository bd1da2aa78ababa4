import { type Manifest, valueAt } from '../../lib/manifest/manifest.ts'
import { BUILT_IN_KINDS, type ServedKind } from './kinds.ts'
import { forbidden, notFound, quoted } from './status.ts'
import type { Store } from './store.ts'

const NAMESPACE = BUILT_IN_KINDS.find(({ kind }) => kind === 'Namespace')

/** A new object needs a namespace that is there to stay. Throws 404 or 403, as the server words them. */
export function assertNamespace(store: Store, kind: ServedKind, object: Manifest): void {
  const { namespace = '', name = '' } = object.metadata
  if (!kind.namespaced || NAMESPACE === undefined) return
  const found = store.get('/Namespace', '', namespace)
  if (found === undefined) throw notFound(NAMESPACE, namespace)
  if (valueAt(found, 'status', 'phase') !== 'Terminating') return
  const causes = [
    {
      reason: 'NamespaceTerminating',
      message: `namespace ${namespace} is being terminated`,
      field: 'metadata.namespace',
    },
  ]
  throw forbidden(
    `${quoted(kind, name)} is forbidden: unable to create new content in namespace ${namespace} because it is being terminated`,
    { name, kind: kind.resource, causes },
  )
}
