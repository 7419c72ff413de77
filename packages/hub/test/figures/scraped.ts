/** One series of the text format of Prometheus, read back. */
export interface Scraped {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\]|\\[\\n"])*",?)*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\[\\n"])*)"/g;

/** Every series of a scrape. @throws for a line that the format does not know */
export function readScrape(text: string): Scraped[] {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const lines = text.slice(0, -1).split('\n');
  return lines.flatMap((line) => {
    if (/^# (?:HELP|TYPE) [a-zA-Z_:][\w:]* \S/.test(line)) return [];
    const [, name, labels = '', value] = LINE.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new Error(`no series: ${JSON.stringify(line)}`);
    const pairs = [...labels.matchAll(LABEL)].map(
      ([, label = '', text = '']) => [label, meant(text)] as const,
    );
    return [{ name, labels: Object.fromEntries(pairs), value: numberOf(value) }];
  });
}

const meant = (text: string): string =>
  text.replaceAll(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));

const numberOf = (text: string): number => (text === '+Inf' ? Number.POSITIVE_INFINITY : Number(text));

/** The value of the one series with these labels. */
export function valueIn(
  series: readonly Scraped[],
  name: string,
  labels: Record<string, string> = {},
): number | undefined {
  const found = series.filter(
    (one) => one.name === name && Object.entries(labels).every(([label, text]) => one.labels[label] === text),
  );
  if (found.length > 1) throw new Error(`${found.length} series of ${name}`);
  return found[0]?.value;
}
