import { App } from 'aws-cdk-lib'
import { join } from 'node:path'
import { findAssets } from './assets.ts'
import { ArgosyStack } from './stacks/argosy-stack.ts'

try {
  const assets = findAssets(join(import.meta.dirname, '..', 'dist'))
  const app = new App()
  const stack = new ArgosyStack(app, 'Argosy', { assets, terminationProtection: true })
  app.synth()
  console.error(`${stack.stackName}: engines layer of ${assets.engines.sizeBytes} bytes unpacked`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
