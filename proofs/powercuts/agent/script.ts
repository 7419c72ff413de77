import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('../../../deploy/restart-service', import.meta.url));

/** The places of a server of its own, below one folder. What is on its disk is in `disk`, what watches it is not. */
export interface Ground {
  readonly dir: string;
  /** The folder that loses its power. */
  readonly disk: string;
  readonly stateDir: string;
  readonly ordersDir: string;
  readonly scriptFile: string;
  readonly socket: string;
  /** Which boot of the machine this is: another one after each loss of power. */
  readonly bootFile: string;
  /** One line for each restart that systemctl was asked for: in which boot, and of which unit. */
  readonly runs: string;
}

export const groundIn = (dir: string): Ground => ({
  ...{ dir, disk: join(dir, 'disk'), stateDir: join(dir, 'disk/state'), ordersDir: join(dir, 'disk/orders') },
  ...{ scriptFile: join(dir, 'restart-service'), socket: join(dir, 'restart.sock') },
  ...{ bootFile: join(dir, 'boot_id'), runs: join(dir, 'runs') },
});

/** The lines of the root-owned script that say where things are, and what stands there here. */
const places = (ground: Ground): [string, string][] => [
  ['orders=/var/lib/homelabcmd-orders', `orders=${ground.ordersDir}`],
  ['runs=/var/lib/homelabcmd-runs', `runs=${join(ground.disk, 'runs')}`],
  ['done </etc/homelabcmd/limits', `done <${join(ground.dir, 'limits')}`],
  ['PATH=/usr/bin:/bin', `PATH=${join(ground.dir, 'bin')}:/usr/bin:/bin`],
  ['/proc/sys/kernel/random/boot_id', ground.bootFile],
  ['listed /etc/homelabcmd/restart-allowed ||', `listed ${join(ground.dir, 'restart-allowed')} ||`],
];

/** A unit whose start fails has a name that begins with this. */
export const FAILING = 'failing-';

/** What stands where systemctl stands. `reset-failed` starts nothing. */
const systemctl = ({ bootFile, runs }: Ground): string => `#!/bin/sh
[ "$2" = restart ] || exit 0
read -r boot <${bootFile}
printf '%s %s\\n' "$boot" "$4" >>${runs}
case $4 in ${FAILING}*) exit 1 ;; esac
`;

/**
 * Lays the ground of a server: the root-owned script as it is, with these places instead of its own, and a systemctl that
 * writes down that it was asked. @throws when the script does not name a place as it used to
 */
export function layGround(
  ground: Ground,
  of: { units: readonly string[]; boot: string; runs: readonly Run[] },
): void {
  mkdirSync(join(ground.dir, 'bin'), { recursive: true });
  // The installer makes this one; the agent makes its own.
  mkdirSync(ground.ordersDir, { recursive: true });
  mkdirSync(join(ground.disk, 'runs'), { recursive: true });
  let script = readFileSync(SCRIPT, 'utf8');
  for (const [place, here] of places(ground)) {
    if (!script.includes(place)) throw new Error(`The restart script holds no «${place}» any more.`);
    script = script.replace(place, here);
  }
  writeFileSync(ground.scriptFile, script);
  writeFileSync(ground.bootFile, `${of.boot}\n`);
  writeFileSync(join(ground.dir, 'restart-allowed'), of.units.map((unit) => `${unit}\n`).join(''));
  writeFileSync(ground.runs, of.runs.map(({ boot, unit }) => `${boot} ${unit}\n`).join(''));
  writeFileSync(join(ground.dir, 'bin/systemctl'), systemctl(ground), { mode: 0o755 });
}

/** A restart that systemctl was asked for. */
export interface Run {
  readonly boot: string;
  readonly unit: string;
}

export const parseRuns = (text: string): Run[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [boot = '', unit = ''] = line.split(' ');
      return { boot, unit };
    });

export const runsIn = (ground: Ground): Run[] => parseRuns(readFileSync(ground.runs, 'utf8'));
