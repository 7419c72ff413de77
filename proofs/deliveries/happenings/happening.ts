/** What is told of while the hub is killed, and what of it is to arrive. */
export interface Happening extends AsyncDisposable {
  /** Call it once, with the hub running. */
  open(): Promise<void>;
  /** Something happens, whether the hub runs or not. */
  happen(): Promise<void>;
  /** How long a life of the hub is at most where nothing that arrives ends it. */
  readonly longestLifeMs: number;
  /** How long it is at most between two things that happen. */
  readonly longestPauseMs: number;
  /** From here on nothing happens: resolves when the hub has nothing to find out any more. */
  rest(): Promise<void>;
  /** How many alerts there were. */
  alerts(): number;
  /** What each channel is to be told of: `1000001 fired`. Call it at rest. */
  facts(channels: readonly string[]): Readonly<Record<string, readonly string[]>>;
  /** What is wrong beside what is told. Call it at rest. */
  violations(): string[];
}
