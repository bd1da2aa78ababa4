/** What a data key is bound to: it unwraps only for the same two. */
export interface KeyContext {
  readonly tenant: string
  readonly purpose: string
}

interface DataKey {
  /** 32 bytes; whoever receives them overwrites them once they are imported. */
  readonly plain: Uint8Array<ArrayBuffer>
  /** The same key under the master key, to be stored beside what it sealed. */
  readonly wrapped: Uint8Array<ArrayBuffer>
}

/**
 * Data keys under a master key that nobody sees: AWS KMS in a deployment, a key file on one
 * machine. Each call may cost a request; `createEnvelopeSecrets` keeps what it was given.
 */
export interface DataKeys {
  generate(context: KeyContext): Promise<DataKey>
  /** Throws `Internal` when the key was not wrapped for this context by this master key. */
  unwrap(context: KeyContext, wrapped: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>
}

export const DATA_KEY_BYTES = 32
