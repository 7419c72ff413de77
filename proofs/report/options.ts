/** One option of a command: `--name value`, or `--name` alone. */
interface Option<T> {
  /** What stands for its value in the usage; `null` when it takes none. */
  readonly placeholder: string | null;
  readonly byDefault: T;
  readonly means: string;
  /** @throws OptionError with what may be written instead */
  read(text: string, name: string): T;
}

export type Options = Record<string, Option<unknown>>;
export type OptionValues<O extends Options> = { [N in keyof O]: O[N] extends Option<infer T> ? T : never };

/** The command line cannot be understood; the message says what to write. */
export class OptionError extends Error {}

export function wholeNumber<T extends number | null>(of: {
  least: number;
  most: number;
  byDefault: T;
  means: string;
}): Option<number | T> {
  const { least, most, byDefault, means } = of;
  return {
    placeholder: 'N',
    byDefault,
    means,
    read(text, name) {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      if (value >= least && value <= most) return value;
      throw new OptionError(`--${name} takes a whole number from ${least} to ${most}, not «${text}».`);
    },
  };
}

export function text<T extends string | null>(of: {
  placeholder: string;
  byDefault: T;
  means: string;
}): Option<string | T> {
  return {
    ...of,
    read(given, name) {
      if (given.trim() !== '') return given;
      throw new OptionError(`--${name} takes ${of.placeholder}, and was given nothing.`);
    },
  };
}

/** It is given or it is not. */
export function flag({ means }: { means: string }): Option<boolean> {
  return { ...{ placeholder: null, byDefault: false, means }, read: () => true };
}

/** The values of a command line; an option that is not there has its default. @throws OptionError */
export function readOptions<O extends Options>(args: readonly string[], options: O): OptionValues<O> {
  const values: Record<string, unknown> = {};
  for (const [name, { byDefault }] of Object.entries(options)) values[name] = byDefault;
  const given = new Set<string>();
  const waiting = [...args];
  for (let word = waiting.shift(); word !== undefined; word = waiting.shift()) {
    const [, name = '', joined] = /^--([a-z-]+)(?:=(.*))?$/s.exec(word) ?? [];
    const option = options[name];
    if (option === undefined) throw new OptionError(`There is no «${word}» here.\n\n${usageOf(options)}`);
    if (given.has(name)) throw new OptionError(`--${name} is given twice; leave one of them out.`);
    given.add(name);
    if (joined !== undefined && option.placeholder === null)
      throw new OptionError(`--${name} takes no value: leave «=${joined}» out.`);
    values[name] = option.read(joined ?? valueAfter(option, name, waiting), name);
  }
  return values as OptionValues<O>;
}

function valueAfter(option: Option<unknown>, name: string, waiting: string[]): string {
  if (option.placeholder === null) return '';
  const value = waiting[0];
  if (value === undefined || value.startsWith('--'))
    throw new OptionError(`--${name} needs a value after it: --${name} ${option.placeholder}.`);
  waiting.shift();
  return value;
}

export function usageOf(options: Options): string {
  const lines = Object.entries(options).map(([name, option]) => {
    const left = option.placeholder === null ? `--${name}` : `--${name} ${option.placeholder}`;
    const hasNone = option.byDefault === null || option.placeholder === null;
    const byDefault = hasNone ? '' : ` (${JSON.stringify(option.byDefault)} when left out)`;
    return `  ${left.padEnd(20)} ${option.means}${byDefault}`;
  });
  return `Options:\n${lines.join('\n')}`;
}
