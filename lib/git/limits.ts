const MIB = 1024 * 1024

/** What one repository may cost us. Beyond a limit the fault is `LimitExceeded`, by its name. */
export interface GitLimits {
  /** Bytes of one answer of a Git server. */
  readonly packBytes: number
  /** Bytes of one inflated object. */
  readonly objectBytes: number
  /** Bytes of all inflated objects of one pack; small packs can unfold to anything. */
  readonly inflatedBytes: number
  /** Objects in one pack. */
  readonly objects: number
  /** Refs in one answer. */
  readonly refs: number
  /** Bytes of the files handed out by one `readDirectory`. */
  readonly treeBytes: number
  /** Files and directories visited by one walk; trees can name one another over and over. */
  readonly entries: number
  /** Bytes of objects kept in memory, all repositories together. */
  readonly cacheBytes: number
  /** Bytes of objects kept in memory for one repository. */
  readonly repoCacheBytes: number
}

export const GIT_LIMITS: GitLimits = {
  packBytes: 128 * MIB,
  objectBytes: 32 * MIB,
  inflatedBytes: 256 * MIB,
  objects: 200_000,
  refs: 50_000,
  treeBytes: 64 * MIB,
  entries: 100_000,
  cacheBytes: 64 * MIB,
  repoCacheBytes: 32 * MIB,
}

/** Repositories remembered at once: cache, protocol, known commits. */
export const REPOSITORIES_MAX = 2_000
/** Commits offered to the server as already here. */
export const HAVES_MAX = 8
/** Directories nested in one another. */
export const TREE_DEPTH_MAX = 100
/** Commits looked through, counted from every tip, for an abbreviated id. */
export const HISTORY_DEPTH_MAX = 1_000
/** Tips from which an abbreviated id is looked for. */
export const HISTORY_TIPS_MAX = 200
/** Directories of one commit that are fetched one by one before all its files are. */
export const READ_AHEAD_AFTER = 3
/** Files that are fetched ahead at most; a repository with more is read directory by directory. */
export const READ_AHEAD_FILES_MAX = 5_000
/** Bytes that are fetched ahead at most, packed and unpacked; beyond them the attempt is given up. */
export const READ_AHEAD_BYTES_MAX = 8 * MIB
/** How long it is believed that a server lacks something. Milliseconds. */
export const ENDPOINT_TTL_MS = 60 * 60 * 1000
/** Largest directory that is also kept in `blobs`. */
export const SAVED_DIRECTORY_BYTES_MAX = 8 * MIB
