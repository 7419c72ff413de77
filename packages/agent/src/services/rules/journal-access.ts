import { existsSync } from 'node:fs';
import type { JournalWithheld } from '@homelabcmd/protocol';
import type { ServerConfig } from '../../config.ts';
import { JournalKept, type JournalReader } from '../../systemd/port.ts';
import { type AllowList, readAllowList } from './allow-file.ts';
import { appending } from './restartable.ts';

/** What root has chosen: no lines at all, those of the units that are listed, or the whole journal. */
type Choice = 'none' | 'watched' | 'all';

export interface JournalAccess {
  choice: Choice;
  /** Units whose lines are shown: listed for this, or to be restarted. */
  lists: readonly AllowList[];
  /** Why nothing is shown although root may have meant it, or `null`. */
  problem: JournalWithheld | null;
}

type Paths = Pick<ServerConfig, 'logsFile' | 'logsWatchedFile' | 'allowFile'>;

/** Reads root's choice. An agent without that file, such as one that is not installed, reads what its user may. */
export function readJournalAccess(paths: Paths, ownerUid: number): JournalAccess {
  const file = readAllowList(paths.logsFile, ownerUid);
  const lists = [readAllowList(paths.logsWatchedFile, ownerUid), readAllowList(paths.allowFile, ownerUid)];
  const keptBack = (reason: string, fix_command: string | null): JournalAccess => ({
    choice: 'none',
    lists,
    problem: { reason, fix_command },
  });
  if (file.problem !== null) return keptBack(file.problem, file.fixCommand);
  const [word, ...more] = [...file.lines];
  if (more.length === 0 && (word === 'none' || word === 'watched' || word === 'all'))
    return { choice: word, lists, problem: null };
  if (word === undefined && !existsSync(paths.logsFile)) return { choice: 'all', lists, problem: null };
  return keptBack(
    `${paths.logsFile} must say one of none, watched and all, so no journal lines are shown.`,
    null,
  );
}

/** Why no lines of this unit are shown, or `null`. The root-owned reader judges the same files again. */
export function withheldOf(unit: string, access: JournalAccess): JournalWithheld | null {
  if (access.problem !== null) return access.problem;
  if (access.choice === 'all') return null;
  if (access.choice === 'none')
    return {
      reason: 'This server keeps its journal to itself. What systemd says of the end is all that it tells.',
      fix_command: null,
    };
  if (access.lists.some(({ lines }) => lines.has(unit))) return null;
  const [watched] = access.lists;
  if (watched === undefined || watched.problem !== null)
    return { reason: watched?.problem ?? '', fix_command: watched?.fixCommand ?? null };
  return {
    reason: 'This server shows the journal lines of services that it names, and it does not name this one.',
    fix_command: appending(unit, watched.path),
  };
}

/** Reads as root has chosen: by the agent's own `journalctl`, through the reader, or not at all. */
export const journalAsChosen =
  (access: () => JournalAccess, own: JournalReader, throughReader: JournalReader): JournalReader =>
  async (unit, invocationId, maxLines) => {
    const now = access();
    const withheld = withheldOf(unit, now);
    if (withheld !== null) throw new JournalKept(withheld);
    return (now.choice === 'all' ? own : throughReader)(unit, invocationId, maxLines);
  };
