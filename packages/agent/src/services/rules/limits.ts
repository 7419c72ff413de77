import { type AllowList, readAllowList } from './allow-file.ts';

/** How often restarts may run on this server, whatever a hub sends: a hub can only be stricter. */
export interface Limits {
  /** For orders that a policy approved, and no person: between two runs of one service. */
  automatic_spacing_s: number;
  automatic_per_hour: number;
  automatic_per_day: number;
  /** Of all services of this server together. */
  automatic_per_hour_together: number;
  /** Runs of one service within an hour, whoever approved them: the hard stop. */
  all_per_hour: number;
}

/** What holds where the file does not say otherwise. */
const USUAL: Limits = {
  automatic_spacing_s: 60,
  automatic_per_hour: 3,
  automatic_per_day: 6,
  automatic_per_hour_together: 6,
  all_per_hour: 20,
};

/** What holds where the file cannot be trusted or understood: a person can still act, and automation hardly. */
const STRICTEST: Limits = {
  automatic_spacing_s: 3600,
  automatic_per_hour: 1,
  automatic_per_day: 1,
  automatic_per_hour_together: 1,
  all_per_hour: 3,
};

const MOST = 100_000;

export interface LimitsRule {
  limits: Limits;
  /** Why the file is not followed, as a sentence, or `null`. */
  problem: string | null;
}

const isKey = (key: string): key is keyof Limits => Object.hasOwn(USUAL, key);

/** Reads the root-owned file of limits: one `key = value` a line. Without the file the usual ones hold. */
export function readLimits(path: string, ownerUid = 0): LimitsRule {
  return limitsOf(readAllowList(path, ownerUid));
}

/** Strict: one line that is not understood, and none of them counts. */
function limitsOf({ path, lines, problem }: AllowList): LimitsRule {
  const strictly = (why: string): LimitsRule => ({
    limits: STRICTEST,
    problem: `${why} Until that is mended, the strictest limits hold.`,
  });
  if (problem !== null) return strictly(problem);
  const given = new Map<keyof Limits, number>();
  for (const line of lines) {
    const [, key = '', value = ''] = /^([a-z_]+) *= *(\d{1,6})$/.exec(line.trimEnd()) ?? [];
    if (!isKey(key) || Number(value) > MOST)
      return strictly(`A line of ${path} cannot be understood: «${line.slice(0, 100)}».`);
    if (given.has(key)) return strictly(`${path} says ${key} twice.`);
    given.set(key, Number(value));
  }
  return { limits: { ...USUAL, ...Object.fromEntries(given) }, problem: null };
}
