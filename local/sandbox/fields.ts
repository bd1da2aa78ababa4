import type { Engine } from '../../lib/engine/port.ts'
import type { Manifest } from '../../lib/manifest/manifest.ts'
import { isObject, type Json, type JsonObject } from '../../lib/std/json.ts'
import { numberAt, objectsAt, textAt } from './kinds.ts'
import { StatusError } from './status.ts'

/** Kubernetes' own merge machinery, as the sandbox asks for it. Refusals are thrown as `StatusError`. */
export interface Fields {
  /** Server-side apply: the merged object with its managed fields. */
  apply(
    write: FieldWrite & { readonly patch: JsonObject; readonly force: boolean },
  ): Promise<Manifest>
  /** Keeps the books of any other write. */
  update(
    write: FieldWrite & { readonly object: JsonObject; readonly strict: boolean },
  ): Promise<Manifest>
  strategicMerge(live: Manifest, patch: JsonObject): Promise<JsonObject>
  /** Reads a protobuf body, as typed clients send them. */
  decode(body: Uint8Array): Promise<JsonObject>
}

export interface FieldWrite {
  readonly live: Manifest | undefined
  readonly manager: string
  readonly subresource: string
  /** Paths that this door may not write. */
  readonly resetFields: readonly (readonly string[])[]
}

const TENANT = 'sandbox'

export function createFields(engine: Engine, now: () => number): Fields {
  const run = async (request: JsonObject): Promise<JsonObject> => {
    const answer = await engine.run(TENANT, 'fieldmanager', { version: 1, time: now(), ...request })
    if (isObject(answer) && isObject(answer['error'])) throw refusal(answer['error'])
    return isObject(answer) && isObject(answer['result']) ? answer['result'] : {}
  }
  const write = async (operation: string, { live, ...rest }: FieldWrite): Promise<Manifest> =>
    asManifest(await run({ operation, ...(live === undefined ? {} : { live }), ...rest }))

  return {
    apply: (request) => write('apply', request),
    update: (request) => write('update', request),
    strategicMerge: (live, patch) => run({ operation: 'strategicMerge', live, patch }),
    decode: (body) => run({ operation: 'decode', data: Buffer.from(body).toString('base64') }),
  }
}

function refusal(error: JsonObject): StatusError {
  const causes: Json = objectsAt(error, 'causes')
  return new StatusError(
    numberAt(error, 'code') ?? 500,
    textAt(error, 'reason'),
    textAt(error, 'message'),
    causes.length === 0 ? undefined : { causes },
  )
}

/** What comes out of the engine has the type and metadata that went in. */
const asManifest = (value: JsonObject): Manifest => value as unknown as Manifest
