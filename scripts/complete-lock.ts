import { readFileSync, writeFileSync } from 'node:fs'

/**
 * Adds to `package-lock.json` the optional packages for other platforms that a registry mirror did
 * not offer when the lock was made. npm leaves them out silently, and `npm ci` then refuses the
 * lock. Run it after every change of dependencies: `npm run lock:complete`.
 */
interface LockedPackage {
  readonly version?: string
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly dev?: boolean
}
interface Lock {
  packages: Record<string, LockedPackage>
}

const OPERATING_SYSTEMS: Readonly<Record<string, string>> = {
  android: 'android',
  darwin: 'darwin',
  freebsd: 'freebsd',
  linux: 'linux',
  netbsd: 'netbsd',
  openbsd: 'openbsd',
  openharmony: 'openharmony',
  sunos: 'sunos',
  win32: 'win32',
}

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock
let added = 0
for (const [place, locked] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(locked.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`
    const isThere = lock.packages[key] ?? lock.packages[`${place}/${key}`]
    const platform = isThere === undefined ? platformOf(name) : undefined
    if (platform === undefined) continue
    lock.packages[key] = {
      version,
      ...platform,
      ...(locked.dev === true ? { dev: true } : {}),
      optional: true,
    } as LockedPackage
    added++
  }
}
lock.packages = Object.fromEntries(
  Object.entries(lock.packages).toSorted(([a], [b]) => (a < b ? -1 : 1)),
)
writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`)
console.log(`package-lock.json: ${added} packages for other platforms added`)

/** Operating system and processor from names such as `@oxlint/binding-linux-arm64-musl`. */
function platformOf(name: string): object | undefined {
  const parts = (name.split('/').at(-1) ?? '').replace('binding-', '').split('-')
  const at = parts.findIndex((part) => OPERATING_SYSTEMS[part] !== undefined)
  const os = OPERATING_SYSTEMS[parts[at] ?? '']
  const cpu = parts[at + 1]
  if (os === undefined || cpu === undefined) return undefined
  const libc = parts[at + 2]
  return {
    os: [os],
    cpu: [cpu],
    ...(os === 'linux' && libc !== undefined
      ? { libc: [libc.startsWith('musl') ? 'musl' : 'glibc'] }
      : {}),
  }
}
