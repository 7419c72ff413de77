import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { certificateFingerprint, keyPinOf } from '@homelabcmd/protocol/link';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { disposableFolder, HeldClock } from '../../test/hub-fixture.ts';
import { HubTls, speaksTls } from './hub-tls.ts';
import { issueAuthority, issueCertificate } from './issue.ts';

const DAY_MS = 86_400_000;
type Config = Parameters<typeof HubTls.open>[0];

function room() {
  const folder = disposableFolder();
  onTestFinished(() => folder[Symbol.dispose]());
  const clock = new HeldClock();
  const said: string[] = [];
  const logger = pino({ level: 'info' }, { write: (line) => void said.push(line) });
  const open = async (over: Partial<Config> = {}) => {
    const config = { host: '0.0.0.0', tls: null, publicUrl: null, dataDir: folder.path, ...over } as Config;
    const opened = await HubTls.open(config, clock, logger);
    onTestFinished(() => opened[Symbol.dispose]());
    return opened;
  };
  return { path: folder.path, clock, said, open };
}

test('it is spoken wherever others reach the hub, or a certificate is given', () => {
  const given = { certificateFile: '/a', keyFile: '/b' };
  expect(['127.0.0.1', '::1', 'localhost'].map((host) => speaksTls({ host, tls: null }))).toEqual([
    false,
    false,
    false,
  ]);
  expect(['0.0.0.0', '::', '10.0.0.1', 'hub.lan'].every((host) => speaksTls({ host, tls: null }))).toBe(true);
  expect(speaksTls({ host: '127.0.0.1', tls: given })).toBe(true);
});

test('the certificate and what servers know it by stay over a restart; its keys are for their owner alone', async () => {
  const { path, open } = room();
  const [first, again] = [await open(), await open()];
  expect(again.certificate).toEqual(first.certificate);
  expect(again.pins).toEqual(first.pins);
  const own = new X509Certificate(first.certificate.chain);
  expect(first.pins).toEqual({
    authorityFingerprint: certificateFingerprint(first.certificate.authority ?? ''),
    keyPin: keyPinOf(first.certificate.chain),
  });
  expect(own.checkHost('localhost')).toBe('localhost');
  expect(own.checkIP('127.0.0.1')).toBe('127.0.0.1');
  for (const name of readdirSync(join(path, 'tls')))
    expect([name, statSync(join(path, 'tls', name)).mode & 0o777]).toEqual([name, 0o600]);
});

test('it is renewed before it ends, also while the hub runs, with the same key from the same authority', async () => {
  const { clock, open } = room();
  const tls = await open();
  await tls.cover('https://hub.lan');
  const before = tls.certificate;
  const shown: string[] = [];
  tls.onChange(({ chain }) => shown.push(chain));
  clock.advance(300 * DAY_MS);
  await tls.look();
  expect(tls.certificate).toBe(before);
  clock.advance(40 * DAY_MS);
  await tls.look();
  const renewed = new X509Certificate(tls.certificate.chain);
  expect(shown).toEqual([tls.certificate.chain]);
  expect(renewed.validToDate.getTime() - clock.nowMs()).toBeGreaterThan(390 * DAY_MS);
  expect(renewed.checkHost('hub.lan')).toBe('hub.lan');
  expect(tls.certificate.key).toBe(before.key);
  expect(tls.certificate.authority).toBe(before.authority);
});

test.each(['authority-key.pem', 'key.pem'])('%s that cannot be read is not replaced', async (name) => {
  const { path, open } = room();
  await open();
  writeFileSync(join(path, 'tls', name), 'torn');
  await expect(open()).rejects.toThrow(/holds no key that can be read\. Put back the one that was there/);
  expect(readFileSync(join(path, 'tls', name), 'utf8')).toBe('torn');
});

test('an authority that is not of its key is not used', async () => {
  const { path, open } = room();
  await open();
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(join(path, 'tls', 'authority-key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await expect(open()).rejects.toThrow('is not of authority-key.pem');
});

/** A certificate such as a person brings. */
async function bring(
  path: string,
  clock: HeldClock,
  options: { withRoot?: boolean; days?: number; fromDays?: number } = {},
) {
  const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const [authorityKey, key] = [newKey(), newKey()];
  const at = (days: number) => new Date(clock.nowMs() + days * DAY_MS);
  const validity = { from: at(-2), to: at(1000) };
  const root = await issueAuthority(authorityKey, 'Home', validity);
  const certificate = await issueCertificate(
    { key: authorityKey, certificate: root },
    { key, names: ['hub.lan'], from: at(options.fromDays ?? -1), to: at(options.days ?? 30) },
  );
  const files = { certificateFile: join(path, 'fullchain.pem'), keyFile: join(path, 'privkey.pem') };
  writeFileSync(
    files.certificateFile,
    [certificate, ...(options.withRoot === true ? [root] : [])].join('\n'),
  );
  writeFileSync(files.keyFile, key.export({ type: 'pkcs8', format: 'pem' }));
  return { files, root, certificate };
}

test('a certificate that is brought is shown; its root is what agents take, where it comes with one', async () => {
  const { path, clock, open } = room();
  const alone = await bring(path, clock);
  expect((await open({ tls: alone.files })).pins).toBeNull();
  const whole = await bring(path, clock, { withRoot: true });
  const tls = await open({ tls: whole.files });
  expect(tls.pins).toEqual({
    authorityFingerprint: certificateFingerprint(whole.root),
    keyPin: keyPinOf(whole.certificate),
  });
  expect(readdirSync(path)).not.toContain('tls');
});

test('one that is renewed is shown when it has changed; a broken one is not, and is said', async () => {
  const { path, clock, said, open } = room();
  const first = await bring(path, clock);
  const tls = await open({ tls: first.files });
  const second = await bring(path, clock);
  await tls.look();
  expect(tls.certificate.chain).toContain(second.certificate.trim());
  writeFileSync(first.files.certificateFile, 'half of a fi');
  await tls.look();
  expect(tls.certificate.chain).toContain(second.certificate.trim());
  expect(said.join()).toContain('it holds no certificate in PEM form');
});

test.each([
  ['has ended', { days: -0.5 }, /it ended on/],
  ['is for later', { fromDays: 2 }, /it begins only on/],
])('a certificate that %s is refused with a sentence', async (_, options, words) => {
  const { path, clock, open } = room();
  const { files } = await bring(path, clock, options);
  await expect(open({ tls: files })).rejects.toThrow(words);
});

test('so is one with the key of another, with a key under a password, or without its files', async () => {
  const { path, clock, open } = room();
  const { files } = await bring(path, clock);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(files.keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await expect(open({ tls: files })).rejects.toThrow('its key belongs to another certificate');
  const shut = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' } as const;
  writeFileSync(
    files.keyFile,
    createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' })).export(shut),
  );
  await expect(open({ tls: files })).rejects.toThrow('without a password');
  await expect(open({ tls: { ...files, keyFile: join(path, 'none') } })).rejects.toThrow(
    /none cannot be read \(ENOENT\)/,
  );
});
