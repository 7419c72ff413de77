/** What became of the changes of one file. */
export interface FileFindings {
  readonly file: string;
  /** A test failed. */
  readonly killed: number;
  /** A test did not come to its end in its time, which is noticed as well. */
  readonly timedOut: number;
  readonly survived: number;
  /** No test reaches the place. */
  readonly notCovered: number;
  /** Every change that nothing noticed. */
  readonly survivors: readonly Survivor[];
}

interface Survivor {
  readonly line: number;
  readonly isCovered: boolean;
  readonly from: string;
  readonly to: string;
}

export type Tally = Pick<FileFindings, 'killed' | 'timedOut' | 'survived' | 'notCovered'>;

interface Place {
  readonly line: number;
  readonly column: number;
}

/** The part of the tool's report that is read here; lines and columns count from 1. */
interface ToolReport {
  readonly files: Record<string, { readonly source: string; readonly mutants: readonly ToolMutant[] }>;
}

interface ToolMutant {
  readonly status: string;
  readonly replacement?: string;
  readonly location: { readonly start: Place; readonly end: Place };
}

/**
 * Reads the tool's report. What it left out on purpose counts as nothing; a change that could not be tried does not either,
 * but must not go unseen, for it would make a score better. @throws when there is one
 */
export function readFindings(json: string): FileFindings[] {
  const { files } = JSON.parse(json) as ToolReport;
  return Object.entries(files).map(([file, { source, mutants }]) => {
    const tried = mutants.filter(({ status }) => status !== 'Ignored');
    const count = (...statuses: string[]) => tried.filter(({ status }) => statuses.includes(status)).length;
    const odd = tried.find(({ status }) => !KNOWN.includes(status));
    if (odd !== undefined) throw new Error(`A change of ${file} could not be tried: ${odd.status}.`);
    return {
      file,
      killed: count('Killed', 'RuntimeError'),
      timedOut: count('Timeout'),
      survived: count('Survived'),
      notCovered: count('NoCoverage'),
      survivors: tried.filter(({ status }) => UNNOTICED.includes(status)).map(survivorIn(source)),
    };
  });
}

const UNNOTICED = ['Survived', 'NoCoverage'];
/** A file that cannot be loaded any more fails each of its tests. */
const KNOWN = ['Killed', 'RuntimeError', 'Timeout', ...UNNOTICED];

const survivorIn = (source: string) => {
  const lines = source.split('\n');
  return ({ status, replacement = '', location: { start, end } }: ToolMutant): Survivor => {
    const first = lines[start.line - 1] ?? '';
    const from =
      start.line === end.line
        ? first.slice(start.column - 1, end.column - 1)
        : `${first.slice(start.column - 1)} …`;
    return {
      line: start.line,
      isCovered: status === 'Survived',
      from,
      to: replacement.replaceAll(/\s+/g, ' ').slice(0, 160),
    };
  };
};

export const sumOf = (tallies: readonly Tally[]): Tally =>
  tallies.reduce<Tally>(
    (sum, one) => ({
      killed: sum.killed + one.killed,
      timedOut: sum.timedOut + one.timedOut,
      survived: sum.survived + one.survived,
      notCovered: sum.notCovered + one.notCovered,
    }),
    { killed: 0, timedOut: 0, survived: 0, notCovered: 0 },
  );

/** The part of the changes that was noticed, from 0 to 1; nothing tried is nothing noticed. */
export function scoreOf({ killed, timedOut, survived, notCovered }: Tally): number {
  const all = killed + timedOut + survived + notCovered;
  return all === 0 ? 0 : (killed + timedOut) / all;
}
