import { createServer } from 'node:net'

/** Ports of 127.0.0.1 that are free now: the preferred ones where they are, else others. */
export async function freePorts(preferred: readonly number[], count: number): Promise<number[]> {
  const ports: number[] = []
  for (let index = 0; ports.length < count; index++) {
    const wanted = preferred[index] ?? 0
    const port = await reserve(ports.includes(wanted) ? 0 : wanted).catch(() => reserve(0))
    if (!ports.includes(port)) ports.push(port)
  }
  return ports
}

const reserve = (port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        typeof address === 'object' && address !== null
          ? resolve(address.port)
          : reject(new Error('no address')),
      )
    })
  })
