import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { absentUnit, type UnitState } from '../../systemd/port.ts';
import type { World } from '../command.ts';
import { PLACES } from '../places.ts';
import { runCommand } from '../run.ts';

/** A folder in the place of `/etc/homelabcmd`, a systemd with these units, and what a command says there. */
export interface Ground extends Disposable {
  readonly folder: string;
  readonly allowFile: string;
  readonly lockoutFile: string;
  readonly world: World;
  run(...words: string[]): Promise<{ code: number; out: string; err: string }>;
  read(path: string): string;
  write(name: string, text: string): string;
}

const loaded = (id: string): UnitState => ({
  ...absentUnit(id),
  loadState: 'loaded',
  activeState: 'active',
  subState: 'running',
});

const UNITS: Readonly<Record<string, UnitState>> = {
  'plex.service': loaded('plex.service'),
  'grafana.service': loaded('grafana.service'),
  'ssh.service': loaded('ssh.service'),
  'real-name.service': loaded('real-name.service'),
  'nickname.service': loaded('real-name.service'),
  'sshd.service': loaded('ssh.service'),
  'job@7.service': loaded('job@7.service'),
  'masked.service': { ...absentUnit('masked.service'), loadState: 'masked' },
};
const INSTALLED = [...Object.keys(UNITS), 'job@.service', 'plexamp.service'];

export function openGround(change: Partial<World> = {}): Ground {
  const folder = mkdtempSync(join(tmpdir(), 'homelabcmd-lists-'));
  const [allowFile, lockoutFile] = [join(folder, 'restart-allowed'), join(folder, 'restart-allowed-lockout')];
  const said = { out: '', err: '' };
  const world: World = {
    env: {
      HOMELABCMD_ALLOW_FILE: allowFile,
      HOMELABCMD_LOCKOUT_FILE: lockoutFile,
      HOMELABCMD_LIMITS_FILE: join(folder, 'limits'),
      HOMELABCMD_APPROVERS_FILE: join(folder, 'approvers'),
      HOMELABCMD_PROBE_TARGETS_FILE: join(folder, 'probe-targets'),
      HOMELABCMD_RESTART_SOCKET: folder,
      HOMELABCMD_STATE_DIR: join(folder, 'state'),
      HOMELABCMD_ORDERS_DIR: join(folder, 'orders'),
    },
    uid: 0,
    ownerUid: process.getuid?.() ?? 0,
    hostname: 'media',
    places: { ...PLACES, settings: join(folder, 'agent.env') },
    openCatalogue: async () => ({
      version: '252 (played)',
      read: async (unit) => UNITS[unit] ?? absentUnit(unit),
      installed: async () => INSTALLED,
      [Symbol.asyncDispose]: async () => undefined,
    }),
    readJournal: async () => [],
    say: (line) => (said.out += `${line}\n`),
    note: (line) => (said.err += `${line}\n`),
    ...change,
  };
  return {
    folder,
    allowFile,
    lockoutFile,
    world,
    async run(...words) {
      Object.assign(said, { out: '', err: '' });
      const code = await runCommand(words, world);
      return { code, ...said };
    },
    read: (path) => readFileSync(path, 'utf8'),
    write(name, text) {
      const path = join(folder, name);
      writeFileSync(path, text, { mode: 0o644 });
      return path;
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}
