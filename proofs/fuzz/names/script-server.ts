import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runToEnd } from '../../processes/run-to-end.ts';
import { ALLOW_TEXT, LOCKOUT_TEXT } from './lists.ts';

const SCRIPT = fileURLToPath(new URL('../../../deploy/restart-service', import.meta.url));

/** What a line came to. */
export interface Ran {
  readonly said: string;
  /** The arguments of each call of systemctl. */
  readonly asked: readonly (readonly string[])[];
}

/** The root-owned script as it is, run by the real shell, where its places are those of a mount namespace and none of this machine's. */
export interface ScriptServer extends Disposable {
  /** Gives each line to a run of its own, one after the other. */
  run(lines: readonly Buffer[], stop: AbortSignal): Promise<Ran[]>;
}

/** Why the script cannot be run here; `null`: it can. */
export function scriptProblem(): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'it takes root on Linux';
  const { status } = spawnSync('unshare', [
    '-m',
    '--',
    'sh',
    '-c',
    'mount -t tmpfs none /var/lib && [ -x /usr/bin/systemctl ]',
  ]);
  return status === 0 ? null : 'it takes mount namespaces, and a systemctl to stand in for';
}

/** Stands where systemctl stands, and writes down what it is asked for. */
const RECORDER = `#!/bin/sh
{ for word in "$@"; do printf '%s\\0' "$word"; done; printf '\\n'; } >>"$FUZZ_DIR/asked/$FUZZ_LINE"
[ "$4" != fails.service ] || exit 3
`;

/** Lays out the places, each new and empty for this namespace alone, and runs the script for every file of the folder \`in\`: each as if the hour held no other run. */
const DRIVER = `set -eu
mount --make-rprivate /
mount --bind "$FUZZ_DIR/systemctl" /usr/bin/systemctl
mount -t tmpfs none /etc
mkdir /etc/homelabcmd
cp "$FUZZ_DIR/allowed" /etc/homelabcmd/restart-allowed
cp "$FUZZ_DIR/lockout" /etc/homelabcmd/restart-allowed-lockout
mount -t tmpfs none /var/lib
mkdir /var/lib/homelabcmd-orders
mount --bind "$FUZZ_DIR/claims" /var/lib/homelabcmd-orders
mkdir /var/lib/homelabcmd-runs
set +e
for file in "$FUZZ_DIR"/in/*; do
  rm -rf /var/lib/homelabcmd-runs/*
  FUZZ_LINE=\${file##*/} "$FUZZ_SCRIPT" <"$file" >"$FUZZ_DIR/said/\${file##*/}" 2>/dev/null
done
`;

const FOLDERS = ['in', 'said', 'asked'] as const;

export function openScriptServer(): ScriptServer {
  const dir = mkdtempSync(join(tmpdir(), 'fuzz-script-'));
  writeFileSync(join(dir, 'systemctl'), RECORDER, { mode: 0o755 });
  writeFileSync(join(dir, 'allowed'), ALLOW_TEXT);
  writeFileSync(join(dir, 'lockout'), LOCKOUT_TEXT);
  mkdirSync(join(dir, 'claims'));
  return {
    async run(lines, stop) {
      for (const folder of FOLDERS) {
        rmSync(join(dir, folder), { recursive: true, force: true });
        mkdirSync(join(dir, folder));
      }
      const names = lines.map((_, nth) => String(nth).padStart(6, '0'));
      lines.forEach((line, nth) => writeFileSync(join(dir, 'in', names[nth] ?? ''), line));
      const { said } = await runToEnd('unshare', ['-m', '--', 'sh', '-c', DRIVER], {
        env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', FUZZ_DIR: dir, FUZZ_SCRIPT: SCRIPT },
        ...{ stop, limit: new AbortController().signal },
      });
      if (said !== '') throw new Error(`the places of the script cannot be laid out: ${said}`);
      const asked = new Set(readdirSync(join(dir, 'asked')));
      return names.map((name) => ({
        said: readFileSync(join(dir, 'said', name), 'latin1'),
        asked: asked.has(name) ? callsIn(readFileSync(join(dir, 'asked', name), 'latin1')) : [],
      }));
    },
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}

const callsIn = (text: string): string[][] =>
  text
    .split('\0\n')
    .slice(0, -1)
    .map((call) => call.split('\0'));
