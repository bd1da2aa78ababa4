/** A step of the demo did not do what it says; the message says what was seen instead. */
export class StepFailed extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StepFailed'
  }
}

/** Ends the demo unless something is as it was said to be. */
export function expectThat(holds: boolean, message: string): asserts holds {
  if (!holds) throw new StepFailed(message)
}
