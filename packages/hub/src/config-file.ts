import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

/**
 * Text in which Node and systemd's `EnvironmentFile=` read the same: they differ on `#` and `\` outside of quotes and on
 * a `\` inside double ones, so those are not allowed.
 */
const LINE = /^[A-Za-z_][A-Za-z0-9_]*=(?:[^'"#\\]*|'[^']*'|"[^"\\]*")\s*$/;
const NOTHING = /^\s*(#.*)?$/;

export type FileSettings = { readonly values: Record<string, string> } | { readonly problems: string[] };

/** Reads a settings file: `KEY=value` lines, comments with `#`. All that is wrong with it is said at once. */
export function readConfigFile(file: string): FileSettings {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { problems: [`The settings file ${file} cannot be read (${code}).`] };
  }
  return parseConfigText(text, file);
}

function parseConfigText(text: string, file: string): FileSettings {
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (NOTHING.test(line)) continue;
    const place = `${file}, line ${index + 1}`;
    const name = line.split('=', 1)[0] ?? '';
    if (!LINE.test(line))
      problems.push(`${place}: Write KEY=value; a value with # or quotes in it stands in single quotes.`);
    else if (seen.has(name)) problems.push(`${place}: ${name} is set twice. Keep one of the lines.`);
    seen.add(name);
  }
  if (problems.length > 0) return { problems };
  const values = Object.entries(parseEnv(text)).map(([name, value]) => [name, value ?? '']);
  return { values: Object.fromEntries(values) as Record<string, string> };
}
