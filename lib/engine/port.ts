import type { Json } from '../std/json.ts'

/**
 * The engine port: the field's own Go libraries as WebAssembly reactors, without network, disk,
 * environment or clock (law 9). A request that fails, runs out of time or of memory fails alone:
 * the instance that served it is dropped. Faults: `EngineFailed`, `LimitExceeded`.
 */
export interface Engine {
  run(tenant: string, engine: EngineName, request: Json): Promise<Json>
  close(): Promise<void>
}

export type EngineName = 'fieldmanager'
