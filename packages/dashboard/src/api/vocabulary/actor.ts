const POLICY = 'policy:';

/** Who did something, in words: `policy:nightly` is the policy nightly. */
export const actorWords = (actor: string): string =>
  actor.startsWith(POLICY) ? `policy ${actor.slice(POLICY.length)}` : actor;
