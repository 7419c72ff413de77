const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

/** The times of the evaluation that nobody sets. */
export const PACE = {
  /** A server's reports are on their way when its link is there again. */
  linkedMs: 2 * SECOND_MS,
  /** It was offline, and comes back. */
  returnedMs: 10 * SECOND_MS,
  /** It has booted, and its services begin one after the other. */
  bootedMs: MINUTE_MS,
  /** More than two services of a server that go within this time are the beginning of something larger. */
  burstMs: 10 * SECOND_MS,
  /** So long is waited for what that is. */
  burstHoldMs: 15 * SECOND_MS,
  /** Servers that go within this time go together. */
  togetherMs: 2 * MINUTE_MS,
  /** A hub that begins waits so long for servers that it knew. */
  settlingMs: MINUTE_MS,
  /** And longer, while they come back one after the other … */
  returningMs: MINUTE_MS,
  /** … but no longer than this. */
  longestSettlingMs: 5 * MINUTE_MS,
  /** After so long without a move, a server that came back goes for a reason of its own. */
  stillMs: 10 * MINUTE_MS,
  /** What comes the third time within this time flaps … */
  flapMs: 30 * MINUTE_MS,
  flaps: 3,
  /** … until it was away for so long. */
  calmMs: 10 * MINUTE_MS,
} as const;
