import { PASSWORD_PATTERN } from '../access/password.ts'
import type { Caller } from '../access/caller.ts'
import { CONTROL_NAMESPACE } from '../app/application.ts'
import type { JsonObject } from '../std/json.ts'

/** What clients need to know before they know anything; less for those not logged in (argocd.md 2.4). */
export const getSettings = (caller: Caller | undefined, url: string): JsonObject => ({
  url,
  appLabelKey: 'app.kubernetes.io/instance',
  trackingMethod: 'annotation',
  googleAnalytics: {},
  kustomizeOptions: { BuildOptions: '', BinaryPath: '', Versions: null },
  help: {},
  ...(caller === undefined
    ? {}
    : {
        resourceOverrides: {},
        passwordPattern: PASSWORD_PATTERN,
        controllerNamespace: CONTROL_NAMESPACE,
      }),
})
