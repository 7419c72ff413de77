import { chmodSync, mkdirSync, readdirSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { COMMANDS } from './registry.ts';
import { type Ground, openGround } from './testing/ground.ts';

let ground: Ground;
beforeEach(() => {
  ground = openGround();
});
afterEach(() => ground[Symbol.dispose]());

const LIST = '# media\nplex.service\n\n#grafana.service\nlast.service';

describe('how it is called', () => {
  test.each([
    ['an unknown word', ['alow', 'plex'], /Did you mean allow\?[\s\S]*Usage/],
    [
      'an option that there is not',
      ['allow', '--force', 'plex'],
      /--force[\s\S]*Usage: homelabcmd-agent allow/,
    ],
    ['no name', ['allow'], /name of a service is missing/],
    ['a word too many', ['list', 'plex'], /a word too many: "plex"/],
  ])('%s is answered with the usage and exit code 64', async (_what, words, sentence) => {
    const { code, out, err } = await ground.run(...words);
    expect([code, out]).toEqual([64, '']);
    expect(err).toMatch(sentence);
  });

  test('help and version are for everybody, and name every command', async () => {
    ground = openGround({ uid: 1000 });
    const { code, out } = await ground.run('--help');
    expect(code).toBe(0);
    for (const name of Object.keys(COMMANDS)) expect(out).toContain(`\n  ${name} `);
    expect((await ground.run('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect((await ground.run('allow', '--help')).out).toContain('--even-if-absent');
  });

  test.each(['allow', 'deny', 'doctor'])(
    'who is not root cannot %s, and is told what to type',
    async (name) => {
      using other = openGround({ uid: 1000 });
      const words = name === 'doctor' ? [name] : [name, 'plex'];
      const { code, err } = await other.run(...words);
      expect(code).toBe(77);
      expect(err).toBe(`Only root may do this. Type: sudo homelabcmd-agent ${words.join(' ')}\n`);
      expect(readdirSync(other.folder)).toEqual([]);
    },
  );

  test('a setting that cannot be is named with its file', async () => {
    using other = openGround({ env: { HOMELABCMD_ALLOW_FILE: 'here' } });
    const { code, err } = await other.run('allow', 'plex');
    expect(code).toBe(78);
    expect(err).toContain('agent.env: HOMELABCMD_ALLOW_FILE must be an absolute path');
  });
});

describe('allow', () => {
  test('adds the name as orders have it, and keeps every other line as it was', async () => {
    ground.write('restart-allowed', LIST);
    expect((await ground.run('allow', 'plex', 'grafana', 'grafana.service')).code).toBe(0);
    expect(ground.read(ground.allowFile)).toBe(`${LIST}\ngrafana.service\n`);
    expect(statSync(ground.allowFile).mode & 0o777).toBe(0o644);
    expect(readdirSync(ground.folder)).toEqual(['restart-allowed']);
  });

  test('makes the list where there is none, and does nothing a second time', async () => {
    await ground.run('allow', 'plex');
    const before = statSync(ground.allowFile);
    expect(ground.read(ground.allowFile)).toMatch(/^#.*\nplex\.service\n$/);
    const again = await ground.run('allow', 'plex.service');
    expect(again).toMatchObject({ code: 0, err: '' });
    expect(again.out).toContain('may be restarted here already');
    expect(statSync(ground.allowFile).ino).toBe(before.ino);
  });

  test('of two names the real one is written, and an instance is one', async () => {
    const { out } = await ground.run('allow', 'nickname', 'job@7');
    expect(out).toContain('nickname.service is another name of real-name.service');
    expect(ground.read(ground.allowFile)).toMatch(/\nreal-name\.service\njob@7\.service\n$/);
  });

  test.each([
    ['a name that is none', 'plex*', /"plex\*" cannot be the name of a service/],
    ['another kind of unit', 'backup.timer', /cannot be the name/],
    ['a template', 'job@', /job@\.service is a template.*such as job@NAME\.service/],
    ['a service that is not there', 'grafan', /knows no grafan\.service\. Did you mean grafana\?/],
    ['part of a name', 'ple', /Did you mean plex or plexamp\?/],
    ['what can lock out', 'ssh', /cut you off.*allow --lockout ssh\.service/],
    ['another name of what can lock out', 'sshd', /ssh\.service.*--lockout/],
  ])('%s is refused, and nothing is written, not even the names beside it', async (_what, name, sentence) => {
    const { code, err } = await ground.run('allow', 'plex', name);
    expect(code).toBe(1);
    expect(err).toMatch(sentence);
    expect(err).toContain('Nothing was changed.');
    expect(readdirSync(ground.folder)).toEqual([]);
  });

  test('with --lockout both lists name it', async () => {
    expect((await ground.run('allow', '--lockout', 'ssh')).code).toBe(0);
    for (const path of [ground.allowFile, ground.lockoutFile])
      expect(ground.read(path)).toMatch(/\nssh\.service\n$/);
  });

  test('a service to come is listed when that is asked for, and a masked one with a warning', async () => {
    const { out } = await ground.run('allow', '--even-if-absent', 'later', 'masked');
    expect(out).toContain('systemd knows no later.service yet');
    expect(out).toContain('masked.service is masked');
    expect(ground.read(ground.allowFile)).toMatch(/\nlater\.service\nmasked\.service\n$/);
  });

  test('without systemd nothing is written, unless that is asked for', async () => {
    using other = openGround({ openCatalogue: () => Promise.reject(new Error('There is no bus.')) });
    const { code, err } = await other.run('allow', 'plex');
    expect([code, err]).toEqual([
      1,
      'There is no bus. To list a service without asking systemd: --even-if-absent Nothing was changed.\n',
    ]);
    expect((await other.run('allow', '--even-if-absent', 'plex')).code).toBe(0);
    expect(other.read(other.allowFile)).toContain('plex.service');
  });

  test.each<[string, (ground: Ground) => void, RegExp]>([
    [
      'a symbolic link',
      ({ folder, allowFile }) => {
        writeFileSync(join(folder, 'elsewhere'), '');
        symlinkSync(join(folder, 'elsewhere'), allowFile);
      },
      /is a symbolic link to .*cp --remove-destination/,
    ],
    [
      'writable by others',
      ({ allowFile }) => chmodSync(allowFile, 0o666),
      /sudo chown root:root .* chmod 644/,
    ],
    ['in a folder that others can write', ({ folder }) => chmodSync(folder, 0o777), /sudo chmod 755/],
    ['a folder', ({ allowFile }) => mkdirSync(allowFile), /not trusted/],
  ])('a list that is %s is left alone, with what to do about it', async (what, spoil, sentence) => {
    if (what === 'writable by others') ground.write('restart-allowed', 'plex.service\n');
    spoil(ground);
    const before = readdirSync(ground.folder).sort();
    const { code, err } = await ground.run('allow', 'grafana');
    expect(code).toBe(1);
    expect(err).toMatch(sentence);
    expect(readdirSync(ground.folder).sort()).toEqual(before);
  });

  test('a list of somebody else is left alone', async () => {
    using other = openGround({ ownerUid: (process.getuid?.() ?? 0) + 1 });
    expect(await other.run('allow', 'plex')).toMatchObject({
      code: 1,
      err: expect.stringContaining('can be changed by others than root'),
    });
    expect(readdirSync(other.folder)).toEqual([]);
  });
});

describe('two at once', () => {
  test('none of what they write is lost', async () => {
    const names = Array.from({ length: 12 }, (_, at) => `s${at}`);
    await Promise.all(names.map((name) => ground.run('allow', '--even-if-absent', name)));
    const lines = ground.read(ground.allowFile).trimEnd().split('\n').slice(1);
    expect(lines.sort()).toEqual(names.map((name) => `${name}.service`).sort());
  });

  test('one that holds the list is waited for; one that has gone is not', async () => {
    const lock = ground.write('restart-allowed.lock', String(process.pid));
    const allowed = ground.run('allow', 'plex');
    await expect.poll(() => readdirSync(ground.folder)).toEqual(['restart-allowed.lock']);
    // Above the largest number that Linux gives a process: nobody has it.
    writeFileSync(`${lock}.new`, '4194305');
    renameSync(`${lock}.new`, lock);
    expect((await allowed).code).toBe(0);
    expect(ground.read(ground.allowFile)).toContain('plex.service');
  });
});

describe('deny', () => {
  test('takes the name off both lists wherever it stands, and leaves the rest', async () => {
    ground.write('restart-allowed', `plex.service\n# ssh\nssh.service\n${LIST}`);
    ground.write('restart-allowed-lockout', 'ssh.service\n');
    expect((await ground.run('deny', 'ssh', 'plex')).code).toBe(0);
    expect(ground.read(ground.allowFile)).toBe('# ssh\n# media\n\n#grafana.service\nlast.service');
    expect(ground.read(ground.lockoutFile)).toBe('');
  });

  test('what is not listed is no mistake, and nothing is written', async () => {
    const { code, out } = await ground.run('deny', 'plex');
    expect(code).toBe(0);
    expect(out).toContain('Nothing to do');
    expect(readdirSync(ground.folder)).toEqual([]);
  });

  test('another name takes the real one off, and a line that never counted can be taken off', async () => {
    ground.write('restart-allowed', 'real-name.service\nplex\nplex*\n');
    await ground.run('deny', 'nickname', 'plex', 'plex*');
    expect(ground.read(ground.allowFile)).toBe('');
  });

  test('it needs no systemd', async () => {
    using other = openGround({ openCatalogue: () => Promise.reject(new Error('There is no bus.')) });
    other.write('restart-allowed', 'plex.service\n');
    expect((await other.run('deny', 'plex')).code).toBe(0);
    expect(other.read(other.allowFile)).toBe('');
  });
});

describe('list', () => {
  test('says of each line what it is now and whether it counts, and why not', async () => {
    ground.write(
      'restart-allowed',
      'plex.service\nssh.service\nmasked.service\ngone.service\nnickname.service\njob@.service\nplex\n',
    );
    ground.write('restart-allowed-lockout', 'dbus.service\n');
    ground.write('limits', 'automatic_per_hour = 1\n');
    ground.write('probe-targets', 'printer.lan:9100\n');
    const { services, limits, probe_targets, sealed, problems } = JSON.parse(
      (await ground.run('list', '--json')).out,
    );
    const brief = services.map((one: Record<string, unknown>) => [one['line'], one['counts'], one['why']]);
    expect(brief).toEqual([
      ['plex.service', true, ''],
      ['ssh.service', false, expect.stringMatching(/needs a second listing/)],
      ['masked.service', false, expect.stringMatching(/masked/)],
      ['gone.service', false, 'systemd knows no such service'],
      ['nickname.service', false, 'it is another name of real-name.service'],
      ['job@.service', false, expect.stringMatching(/template/)],
      ['plex', false, expect.stringMatching(/whole name/)],
      ['dbus.service', false, expect.stringMatching(/only$/)],
    ]);
    expect(limits['automatic_per_hour']).toBe(1);
    expect([probe_targets, sealed, problems]).toEqual([['printer.lan:9100'], null, []]);
    expect((await ground.run('list')).out).toMatch(
      /SERVICE +NOW +COUNTS\n +plex\.service +active \(running\) +yes\n/,
    );
  });

  test('an empty list, a seal that nobody can break, and a list that is not trusted are said', async () => {
    expect((await ground.run('list')).out).toContain('Nothing may be restarted here');
    ground.write('approvers', 'no key\n');
    expect((await ground.run('list')).out).toContain('Sealed: yes, and nothing is carried out');
    chmodSync(ground.write('restart-allowed', 'plex.service\n'), 0o666);
    expect((await ground.run('list')).out).toMatch(/^! .*restart-allowed can be changed by others/);
  });
});
