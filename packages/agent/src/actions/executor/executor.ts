import type { ActionVerb } from '@homelabcmd/protocol';

/** What the root-owned script on this server answers, one line each. */
export type ExecutorAnswer =
  | { kind: 'refused'; code: string }
  /** Another delivery claimed the order; how it ended is not known yet. */
  | { kind: 'claimed' }
  /** Claimed now and on disk; systemctl is about to run. */
  | { kind: 'started' }
  | { kind: 'done'; exitCode: number }
  /** Claimed with nothing: it never ran and never will. */
  | { kind: 'fenced' };

/** The evidence that the script leaves of an order, which outlives the agent and a reboot. */
export interface Claim {
  verb: ActionVerb | 'fence';
  /** Boot id at the time of the claim. */
  boot: string;
  /** `null` while the outcome is open. */
  exitCode: number | null;
  /** What systemctl printed, capped. */
  output: string;
}

/** A connection over which one thing can be asked. */
export interface ExecutorLine extends Disposable {
  /** @throws ExecutorUnreachable when nothing was sent; any other error leaves open what became of the order */
  ask(verb: ActionVerb | 'fence', orderId: string, unit: string): AsyncIterable<ExecutorAnswer>;
}

/** The one who restarts services on this server, within the limits of the server's own files. */
export interface RestartExecutor {
  /** Why it cannot be asked now, as a sentence, or `null`. */
  problem(): string | null;
  /**
   * Opens a line before it is known whether anything will be asked: the script takes a while to be there, and an order
   * can be judged meanwhile. A line that is closed without a question has done nothing. It does not throw.
   */
  open(): ExecutorLine;
  claim(orderId: string): Claim | null;
  /** Waits until the claim holds an exit code, or `signal` is aborted; returns the claim as it is then. */
  waitForExit(orderId: string, signal: AbortSignal): Promise<Claim | null>;
  /** False: no order was ever claimed on this server, for there is no place for claims. */
  everClaimed(): boolean;
}

/** The executor could not be asked; nothing was sent to it. */
export class ExecutorUnreachable extends Error {}
