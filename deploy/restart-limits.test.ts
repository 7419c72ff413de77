import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assertWithinLimits, readLimits } from '@homelabcmd/agent/rules';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';

const SCRIPT = fileURLToPath(new URL('restart-service', import.meta.url));
const HOUR_S = 3600;
let folder: string;
let script: string;

/** The script as it is, with these places for its own, a `systemctl` that writes down what it is asked, and a `sync` that takes no time. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'restart-limits-'));
  for (const name of ['bin', 'orders', 'runs']) mkdirSync(join(folder, name));
  const places: [string, string][] = [
    ['orders=/var/lib/homelabcmd-orders', `orders=${folder}/orders`],
    ['runs=/var/lib/homelabcmd-runs', `runs=${folder}/runs`],
    ['done </etc/homelabcmd/limits', `done <${folder}/limits`],
    ['</proc/uptime', `<${folder}/uptime`],
    ['/proc/sys/kernel/random/boot_id', `${folder}/boot_id`],
    ['listed /etc/homelabcmd/restart-allowed ||', `listed ${folder}/restart-allowed ||`],
    ['PATH=/usr/bin:/bin', `PATH=${folder}/bin:/usr/bin:/bin`],
  ];
  let text = readFileSync(SCRIPT, 'utf8');
  for (const [place, here] of places) {
    expect(text).toContain(place);
    text = text.replace(place, here);
  }
  script = join(folder, 'restart-service');
  writeFileSync(script, text);
  writeFileSync(join(folder, 'restart-allowed'), 'a.service\nb.service\n');
  writeFileSync(
    join(folder, 'bin/systemctl'),
    `#!/bin/sh\n[ "$2" != restart ] || echo "$4" >>${folder}/ran\n[ ! -e ${folder}/slow ] || cat ${folder}/slow >${folder}/uptime\n`,
    { mode: 0o755 },
  );
  writeFileSync(join(folder, 'bin/sync'), '#!/bin/sh\n', { mode: 0o755 });
  at(100_000, 'one');
});
afterEach(() => rmSync(folder, { recursive: true }));

function at(uptimeS: number, boot = 'one'): void {
  writeFileSync(join(folder, 'uptime'), `${uptimeS}.50 1.00\n`);
  writeFileSync(join(folder, 'boot_id'), `${boot}\n`);
}
const limits = (text: string) => writeFileSync(join(folder, 'limits'), text);
function ask(unit = 'a.service', id: string = randomUUID(), verb = 'restart'): string {
  const { stdout, stderr } = spawnSync('/bin/sh', [script], {
    input: `${verb} ${id} ${unit}\n`,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout.trim().replace('\n', ', ');
}
const RAN = 'started, done 0';
const REFUSED = 'refused rate_limited';
const runs = (): number =>
  existsSync(join(folder, 'ran')) ? readFileSync(join(folder, 'ran'), 'utf8').split('\n').length - 1 : 0;

test('as often as root lets it within an hour, each unit for itself; what is refused leaves nothing, and may be asked again', () => {
  limits('all_per_hour = 2\n');
  const id = randomUUID();
  expect([ask(), ask(), ask('a.service', id), ask('b.service')]).toEqual([RAN, RAN, REFUSED, RAN]);
  expect(existsSync(join(folder, 'orders', id))).toBe(false);
  at(100_000 + HOUR_S);
  expect(ask('a.service', id)).toBe(REFUSED);
  at(100_000 + HOUR_S + 1);
  expect([ask('a.service', id), ask('a.service', id)]).toEqual([RAN, 'done 0']);
  expect(runs()).toBe(4);
});

test('clearing a start limit counts as well, a fence never does, and what was claimed is answered from its claim', () => {
  limits('all_per_hour = 1\n');
  const [ran, fenced] = [randomUUID(), randomUUID()];
  expect(ask('-', fenced, 'fence')).toBe('fenced');
  expect(ask('a.service', ran, 'reset-and-restart')).toBe(RAN);
  expect(ask('a.service', randomUUID(), 'reset-and-restart')).toBe(REFUSED);
  expect([ask('-', randomUUID(), 'fence'), ask('a.service', fenced), ask('a.service', ran)]).toEqual([
    'fenced',
    'fenced',
    'done 0',
  ]);
});

test('of many that ask in the same instant, no more run than may', async () => {
  limits('all_per_hour = 5\n');
  const asking = Array.from({ length: 40 }, async () => {
    const child = spawn('/bin/sh', [script], { stdio: ['pipe', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.stdin.end(`restart ${randomUUID()} a.service\n`);
    await once(child, 'close');
    return said.trim().replace('\n', ', ');
  });
  const answers = (await Promise.all(asking)).toSorted();
  expect(answers).toEqual([...Array<string>(35).fill(REFUSED), ...Array<string>(5).fill(RAN)]);
  expect(runs()).toBe(5);
  expect(readdirSync(join(folder, 'orders'))).toHaveLength(5);
});

test('the hour begins when the restart is over, however long it took', () => {
  limits('all_per_hour = 1\n');
  writeFileSync(join(folder, 'slow'), `${100_000 + 900}.00 1.00\n`);
  expect(ask()).toBe(RAN);
  rmSync(join(folder, 'slow'));
  at(100_000 + HOUR_S + 1);
  expect(ask()).toBe(REFUSED);
  at(100_000 + 900 + HOUR_S + 1);
  expect(ask()).toBe(RAN);
});

test('runs of an earlier boot count until this one has lasted an hour, and a run of which a loss of power left nothing counts as now', () => {
  limits('all_per_hour = 2\n');
  expect([ask(), ask()]).toEqual([RAN, RAN]);
  at(60, 'two');
  expect(ask()).toBe(REFUSED);
  at(HOUR_S + 1, 'two');
  expect(ask()).toBe(RAN);
  writeFileSync(join(folder, 'runs/a.service/2'), '');
  expect(ask()).toBe(REFUSED);
  at(2 * HOUR_S + 2, 'two');
  expect(ask()).toBe(RAN);
});

test('a disk that takes no count runs nothing', () => {
  rmSync(join(folder, 'runs'), { recursive: true });
  expect(ask()).toBe('refused claim_failed');
  expect([runs(), readdirSync(join(folder, 'orders'))]).toEqual([0, []]);
});

test.each([
  ['', 20],
  ['# nothing\n\nautomatic_per_hour = 1\n', 20],
  ['all_per_hour=4', 4],
  ['automatic_spacing_s = 0\nall_per_hour = 007\n', 7],
  ['all_per_hour = 0\n', 0],
  ['all_per_hour = 5\nall_per_hour = 6\n', 3],
  ['all_per_hour = many\n', 3],
  ['all_per_hour = 1000000\n', 3],
  ['all_per_hour = 100001\n', 3],
  ['all_per_hour = -1\n', 3],
  ['all_per_hour =\n', 3],
  ['all_per_hour = 5 6\n', 3],
  ['all_per_hour = 5\nall_per_week = 5\n', 3],
  ['automatic_per_day = x\nall_per_hour = 5\n', 3],
])('of the file %j script and agent read the same: %d', (text, most) => {
  limits(text);
  expect(readLimits(join(folder, 'limits'), process.getuid?.()).limits.all_per_hour).toBe(most);
  let count = 0;
  while (count <= most && ask() === RAN) count += 1;
  expect(count).toBe(most);
});

test('within a boot script and agent judge alike, and no window holds more runs than root lets there be', () => {
  const ofUnit = fc.constantFrom('a.service', 'b.service');
  // Never exactly an hour: the agent counts in milliseconds, the script in whole seconds.
  const steps = fc.array(
    fc.tuple(
      fc.integer({ min: 0, max: 200 }).map((n) => 7 * n),
      ofUnit,
    ),
    { minLength: 15, maxLength: 30 },
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), steps, (all_per_hour, asked) => {
      for (const name of ['orders', 'runs']) {
        rmSync(join(folder, name), { recursive: true });
        mkdirSync(join(folder, name));
      }
      limits(`all_per_hour = ${all_per_hour}\n`);
      const all = { ...readLimits(join(folder, 'limits'), process.getuid?.()).limits };
      const ran: { unit: string; atMs: number; bootId: string; uptimeMs: number }[] = [];
      let uptimeS = 100_000;
      for (const [afterS, unit] of asked) {
        uptimeS += afterS;
        at(uptimeS);
        const now = { wallMs: uptimeS * 1000, bootId: 'one', uptimeMs: uptimeS * 1000 };
        const isAllowed = !throws(() => assertWithinLimits(unit, false, ran, all, now));
        expect(ask(unit)).toBe(isAllowed ? RAN : REFUSED);
        if (isAllowed) ran.push({ unit, atMs: now.wallMs, bootId: 'one', uptimeMs: now.uptimeMs });
        const window = ran.filter((run) => run.unit === unit && run.uptimeMs > now.uptimeMs - HOUR_S * 1000);
        expect(window.length).toBeLessThanOrEqual(all_per_hour);
      }
    }),
    { numRuns: 12 },
  );
});

function throws(act: () => void): boolean {
  try {
    act();
    return false;
  } catch {
    return true;
  }
}
