import { SETTING_NAMES, SETTINGS, type Setting } from './settings/settings.ts';
import { dumpSchema } from './store/copies/dump.ts';

const BEGIN = '<!-- settings: written by npm run generate from packages/hub/src/settings/settings.ts -->';
const END = '<!-- end of settings -->';

/** A file that is written from the code, and kept equal to it by a test. */
export interface GeneratedFile {
  /** From the root of the repository. */
  readonly path: string;
  /** The file as it should be, given the file as it is. */
  write(present: string): Promise<string>;
}

export const GENERATED_FILES: readonly GeneratedFile[] = [
  { path: 'packages/hub/src/store/schema.sql', write: () => dumpSchema() },
  { path: 'docs/configuration.md', write: async (present) => withSettingsTable(present) },
];

/** @throws when the document has lost the marks between which the table stands */
function withSettingsTable(document: string): string {
  const [before, rest] = document.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined)
    throw new Error(`The marks of the settings are missing: ${BEGIN}`);
  return `${before}${BEGIN}\n\n${settingsTable()}\n${END}${after}`;
}

function settingsTable(): string {
  const rows = SETTING_NAMES.map((name) => {
    const { values, byDefault, whenAbsent, means }: Setting = SETTINGS[name];
    const text = byDefault === '' ? 'empty' : `\`${byDefault}\``;
    return `| \`${name}\` | ${values} | ${byDefault === null ? (whenAbsent ?? 'absent') : text} | ${means} |`;
  });
  return ['| setting | values | default | meaning |', '|---|---|---|---|', ...rows, ''].join('\n');
}
