/** A mistake that somebody could make, written down: what is changed, and the test that has to see it. */
export interface Mutant {
  /** What the product does wrong with it, in a few words; no two are the same. */
  readonly name: string;
  /** The file that is changed, from the root of the checkout. */
  readonly file: string;
  /** Text that stands in the file once. */
  readonly from: string;
  /** What stands there instead. */
  readonly to: string;
  readonly caughtBy: CatchingTest;
}

export interface CatchingTest {
  /** The test file, from the root of the checkout. */
  readonly file: string;
  /** Its whole name, with those of the groups that it is in. */
  readonly test: string;
}

/** What became of a mutant. Only `caught` is good: the named test ran with it, and failed. */
export type Fate = 'caught' | 'survived' | 'did not load';

export interface Trial {
  readonly mutant: Mutant;
  readonly fate: Fate;
  /** How the test failed, or what went wrong instead. */
  readonly said: string;
  readonly durationMs: number;
}

/** @returns the file's text with the mistake in it @throws when the text to change does not stand there exactly once */
export function plantIn(text: string, { name, file, from, to }: Mutant): string {
  const count = text.split(from).length - 1;
  if (count !== 1)
    throw new Error(
      `«${name}»: what it changes stands ${count} times in ${file}, and must stand there once.`,
    );
  return text.replace(from, () => to);
}
