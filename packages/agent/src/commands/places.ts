import { textIfThere } from '../durable-file.ts';
import type { Env } from '../config.ts';
import { RELEASE_PLACES } from '../release/folder.ts';

/** Where an installation has its parts, besides what can be set. */
export interface Places {
  readonly settings: string;
  readonly script: string;
  readonly releaseKey: string;
  readonly passwd: string;
  readonly group: string;
  readonly proc: string;
  /** Folders of unit files. */
  readonly unitFolders: readonly string[];
}

export const PLACES: Places = {
  settings: '/etc/homelabcmd/agent.env',
  script: '/usr/local/lib/homelabcmd/restart-service',
  releaseKey: RELEASE_PLACES.keyFile,
  passwd: '/etc/passwd',
  group: '/etc/group',
  proc: '/proc',
  unitFolders: [
    '/etc/systemd/system.control',
    '/etc/systemd/system',
    '/run/systemd/system.control',
    '/run/systemd/system',
    '/usr/local/lib/systemd/system',
    '/usr/lib/systemd/system',
  ],
};

/** What systemd reads of a file of settings, as far as the installers write it: `NAME=value`, in quotes or not. */
export function readSettings(path: string): Env {
  const lines = (textIfThere(path) ?? '').split('\n');
  const pairs = lines.flatMap((line) => {
    const [, name, value = ''] = /^\s*([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [[name, value.trim().replace(/^(["'])(.*)\1$/, '$2')] as const];
  });
  return Object.fromEntries(pairs);
}
