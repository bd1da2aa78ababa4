/**
 * Seals secrets before they reach state (law 11): AES-256-GCM under a data key, the data key under
 * the deployment's master key, both bound to `{tenant, purpose}`. What was sealed for one tenant
 * or purpose does not open for another.
 */
export interface Secrets {
  seal(tenant: string, purpose: string, plain: string): Promise<string>
  /** Throws `Internal` when the text was not sealed for this tenant and purpose. */
  open(tenant: string, purpose: string, sealed: string): Promise<string>
}
