import { type Command, InvalidArgumentError, Option } from 'commander'

/**
 * A flag that also takes `=true` and `=false`, as Go's do: `run.ts` turns the latter into the
 * `--no-` form that is added here, unseen.
 */
export const addBoolean = (command: Command, flags: string, description: string): Command => {
  const name = /--([a-z-]+)/.exec(flags)?.[1] ?? ''
  return command.option(flags, description).addOption(new Option(`--no-${name}`).hideHelp())
}

/** A flag that may be given several times, or once with commas between its values. */
export const addList = (command: Command, flags: string, description: string): Command =>
  command.option(flags, description, (value: string, before: readonly string[] | undefined) => [
    ...(before ?? []),
    value,
  ])

export function wholeNumber(value: string): number {
  const number = Number(value)
  if (Number.isInteger(number)) return number
  throw new InvalidArgumentError('it must be a whole number')
}
