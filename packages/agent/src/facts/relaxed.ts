import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Relaxation } from '@homelabcmd/protocol';
import { cut } from '../text.ts';

const UNITS = [
  ...['homelabcmd-agent.service', 'homelabcmd-restart@.service'],
  ...['homelabcmd-journal@.service', 'homelabcmd-updates.service'],
];
const MAX_RELAXATIONS = 100;

/** What `relax-sandbox` had to lift on this server, out of the files that it writes for systemd. */
export const readRelaxations = (unitDir: string): Relaxation[] =>
  UNITS.flatMap((unit) =>
    parseRelaxations(unit, textOf(join(unitDir, `${unit}.d`, '50-relaxed.conf'))),
  ).slice(0, MAX_RELAXATIONS);

/** Each setting has its reason in the comment lines right before it. One that adds to the same setting is no other. */
export function parseRelaxations(unit: string, dropIn: string): Relaxation[] {
  const found = new Map<string, Relaxation>();
  let because: string[] = [];
  for (const line of dropIn.split('\n')) {
    const setting = /^([A-Za-z]+)=/.exec(line)?.[1];
    if (line.startsWith('#')) {
      because.push(line.slice(1).trim());
      continue;
    }
    if (setting !== undefined && !found.has(setting))
      found.set(setting, { unit, setting: cut(setting, 64), because: cut(because.join(' '), 500) });
    because = [];
  }
  return [...found.values()];
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
