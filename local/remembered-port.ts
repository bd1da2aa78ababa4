import { readFile, writeFile } from 'node:fs/promises'

/**
 * Starts a server on the port that it had last time, because URLs with that port are kept in
 * state; on a free one when somebody else has taken it. `start` is called with 0 for a free port
 * and must throw when the port it is given is taken.
 */
export async function onRememberedPort<T extends { readonly url: string }>(
  file: string,
  start: (port: number) => Promise<T>,
): Promise<T> {
  const last = Number(await readFile(file, 'utf8').catch(() => '0'))
  const isUsable = Number.isInteger(last) && last > 0 && last < 65_536
  const server = isUsable ? await start(last).catch(() => start(0)) : await start(0)
  await writeFile(file, new URL(server.url).port)
  return server
}
