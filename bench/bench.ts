import { describeFault, faultOf } from '../lib/fault/fault.ts'
import { runFleet } from './fleet/fleet.ts'
import { FLEET_HELP, readFleetOptions } from './fleet/options.ts'
import { fleetTable } from './fleet/table.ts'

const HELP = `Measures Argosy on this machine.

Usage: npm run bench -- fleet [flags]

${FLEET_HELP}`

async function main([bench, ...flags]: readonly string[]): Promise<void> {
  if (bench !== 'fleet') {
    process.stdout.write(HELP)
    process.exitCode = bench === undefined || bench === '--help' ? 0 : 2
    return
  }
  const options = readFleetOptions(flags)
  const result = await runFleet(options, (line) => process.stderr.write(`${line}\n`))
  process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : fleetTable(result))
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`bench: ${describeFault(faultOf(error))}\n`)
  process.exitCode = 1
})
