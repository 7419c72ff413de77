import { allNear, needsLockoutListing, serviceNameOfUnit, unitNameOf } from '@homelabcmd/protocol';
import type { UnitState } from '../systemd/port.ts';
import type { UnitCatalogue } from '../systemd/unit-catalogue.ts';

/** What comes of a name that root typed. */
export type Verdict =
  /** The name to be listed: the one by which orders come. */
  | { readonly kind: 'listed'; readonly unit: string; readonly notes: readonly string[] }
  | { readonly kind: 'refused'; readonly why: string };

export interface Wanted {
  readonly lockout: boolean;
  readonly evenIfAbsent: boolean;
}

const MOST_NEAR = 3;

/** `job@.service`: what instances are made from, and itself nothing that runs. */
export const isTemplate = (unit: string): boolean => unit.endsWith('@.service');

/**
 * Judges a name as an order for it would be judged: by the name that systemd gives the unit, whole, and for what can cut
 * people off only with a second listing.
 * @param catalogue `null`: systemd cannot be asked, and is not to be
 */
export async function judge(name: string, wanted: Wanted, catalogue: UnitCatalogue | null): Promise<Verdict> {
  const refused = (why: string): Verdict => ({ kind: 'refused', why });
  const typed = unitNameOf(name);
  if (typed === null)
    return refused(
      `${JSON.stringify(name)} cannot be the name of a service. It is the name of one unit, such as plex or plex.service; there are no patterns.`,
    );
  if (isTemplate(typed))
    return refused(
      `${typed} is a template, from which services are made, and does not run itself. Allow each of them by its own name, such as ${typed.replace('@.', '@NAME.')}.`,
    );
  const state = catalogue === null ? null : await catalogue.read(typed);
  if (state?.loadState === 'not-found' && !wanted.evenIfAbsent)
    return refused(await absent(typed, catalogue));
  const unit = state?.id || typed;
  if (needsLockoutListing(unit) && !wanted.lockout)
    return refused(
      `A restart of ${unit} that goes wrong can cut you off from this server, so it needs a second listing. If you are sure: sudo homelabcmd-agent allow --lockout ${quoted(unit)}`,
    );
  return { kind: 'listed', unit, notes: notesOn(typed, unit, state) };
}

function notesOn(typed: string, unit: string, state: UnitState | null): string[] {
  const notes: string[] = [];
  if (typed !== unit)
    notes.push(
      `${typed} is another name of ${unit}. Orders come by the real name, so that is what is listed.`,
    );
  if (state?.loadState === 'masked')
    notes.push(
      `${unit} is masked: systemd will not start it, so it cannot be restarted until root types: sudo systemctl unmask ${quoted(unit)}`,
    );
  if (state?.loadState === 'not-found')
    notes.push(`systemd knows no ${unit} yet: the line counts as soon as it does.`);
  return notes;
}

async function absent(unit: string, catalogue: UnitCatalogue | null): Promise<string> {
  const near = await nearNames(unit, catalogue);
  const meant = near.length === 0 ? '' : ` Did you mean ${near.join(' or ')}?`;
  return `systemd on this server knows no ${unit}.${meant} To list it all the same: --even-if-absent`;
}

/** Names that hold what was typed, or are few letters away from it. */
async function nearNames(unit: string, catalogue: UnitCatalogue | null): Promise<string[]> {
  const installed = (await catalogue?.installed().catch(() => [])) ?? [];
  const names = installed.filter((one) => !isTemplate(one)).map(serviceNameOfUnit);
  const given = serviceNameOfUnit(unit);
  const holding = names.filter((name) => name.toLowerCase().includes(given.toLowerCase()));
  return [...new Set([...allNear(given, names), ...holding])].slice(0, MOST_NEAR);
}

/** As a shell takes it: names of units may hold backslashes, and lines that count for nothing may hold anything. */
export const quoted = (line: string): string =>
  /^[A-Za-z0-9:_.@][A-Za-z0-9:_.@-]*$/.test(line) ? line : `'${line.replaceAll("'", "'\\''")}'`;
