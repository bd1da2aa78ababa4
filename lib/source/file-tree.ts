/** Files of a directory by their path relative to it, with `/` between parts; sorted by path. */
export type FileTree = ReadonlyMap<string, Uint8Array>
