export {}

/** The part of the WebAssembly JavaScript interface used here; Node's types leave it to the DOM's. */
declare global {
  namespace WebAssembly {
    type ExportValue = ((...args: unknown[]) => unknown) | Memory | object
    interface Exports {
      readonly [name: string]: ExportValue | undefined
    }
    interface ModuleImports {
      [name: string]: (...args: never[]) => unknown
    }
    class Memory {
      constructor(descriptor: { readonly initial: number; readonly maximum?: number })
      readonly buffer: ArrayBuffer
    }
    class Instance {
      constructor(module: Module, imports: Readonly<Record<string, ModuleImports>>)
      readonly exports: Exports
    }
    function compile(bytes: Uint8Array<ArrayBuffer>): Promise<Module>
  }
}
