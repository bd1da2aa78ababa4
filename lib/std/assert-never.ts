/** Marks the branch that no value can reach; the compiler refuses it when a case is missing. */
export function assertNever(value: never): never {
  throw new TypeError(`unexpected value: ${JSON.stringify(value)}`)
}
