/** What a command ends with, for scripts. 0, 1 and 2 are every command's; the others are of those that ask a hub. */
export const EXIT = {
  done: 0,
  notDone: 1,
  calledWrongly: 2,
  /** The hub said no. */
  refused: 3,
  /** No hub answers there, or none that this machine has reason to believe. */
  unreachable: 4,
  /** The hub answered, and what it says is not well: something needs somebody, or an action ended otherwise than completed. */
  notWell: 5,
  /** It was waited for as long as was asked, and is still open. */
  stillOpen: 6,
} as const;

/** A command could not do what it was asked to, with an exit code that says more than 1. The message is for a person. */
export class CommandFailure extends Error {
  readonly exitCode: number;

  constructor(exitCode: (typeof EXIT)[keyof typeof EXIT], message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
