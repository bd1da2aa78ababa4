import { readFileSync } from 'node:fs'
import { describeFault, faultOf } from '../../lib/fault/fault.ts'
import { wakeRepository } from '../../lib/state/repositories.ts'
import { type Platform, startPlatform, TENANT } from '../../local/platform.ts'
import type { Reply, Request, StartRequest, Usage } from './messages.ts'

/**
 * The platform in a process of its own, so that what is measured is the platform's alone. Its
 * parent asks by messages; when the parent goes, it stops as well.
 */
async function main(request: StartRequest): Promise<void> {
  const platform = await startPlatform({
    ...request,
    port: 0,
    onProgress: (line) => reply({ kind: 'progress', line }),
  })
  process.on('message', (message: Request) => {
    answer(platform, message).catch(fail)
  })
  process.on('disconnect', () => void stop(platform))
  process.on('SIGTERM', () => void stop(platform))
  // Ctrl-C reaches the whole group: the parent decides what it means.
  process.on('SIGINT', () => undefined)
  reply({
    kind: 'started',
    started: {
      url: platform.url,
      password: platform.initialPassword ?? '',
      gitUrl: platform.git.url,
      gitRoot: platform.git.root,
      kubeconfig: platform.cluster.kubeconfig,
      cluster: platform.cluster.description,
    },
  })
}

async function answer(platform: Platform, request: Request): Promise<void> {
  switch (request.ask) {
    case 'usage':
      return reply({ kind: 'usage', usage: usageOf(platform) })
    case 'pushed':
      await announce(platform, request.repository)
      return reply({ kind: 'pushed' })
    case 'stop':
      return stop(platform)
  }
}

async function announce({ ports }: Platform, url: string): Promise<void> {
  await wakeRepository(ports.state, TENANT, url, ports.clock.now())
  await ports.queue.send('repo', [{ tenant: TENANT, name: url }])
}

function usageOf(platform: Platform): Usage {
  const { user, system } = process.cpuUsage()
  return {
    cpuSeconds: (user + system) / 1e6,
    memoryMb: memoryOf('VmRSS'),
    peakMemoryMb: memoryOf('VmHWM'),
    requests: platform.counts(),
  }
}

/** From Linux' own account of this process, in megabytes of 2^20 bytes. */
function memoryOf(field: 'VmRSS' | 'VmHWM'): number {
  const line = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(
    readFileSync('/proc/self/status', 'utf8'),
  )
  return Number(line?.[1] ?? Number.NaN) / 1024
}

let isStopping = false
async function stop(platform: Platform): Promise<void> {
  if (isStopping) return
  isStopping = true
  await platform.stop().catch(fail)
  process.exit(0)
}

function reply(message: Reply): void {
  if (process.connected) process.send?.(message)
}

function fail(error: unknown): void {
  reply({ kind: 'failed', message: describeFault(faultOf(error)) })
  process.exitCode = 1
}

main(JSON.parse(process.argv[2] ?? '{}') as StartRequest).catch((error: unknown) => {
  fail(error)
  if (process.connected) process.disconnect()
})
