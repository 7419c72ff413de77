import { expect, test } from 'vitest';
import { seeded } from '../../report/seeded.ts';
import { type Cut, type DiskKind, imageAt } from './image.ts';
import { type Recording, recordingOf } from './recording.ts';
import { parseTrace } from './syscalls.ts';

const hex = (text: string) =>
  [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
const quoted = (text: string) => `"${hex(text)}"`;

const make = (path: string) =>
  `7 openat(AT_FDCWD<${hex('/')}>, ${quoted(path)}, O_WRONLY|O_CREAT, 0600) = 3<${hex(path)}>`;
const write = (path: string, text: string) =>
  `7 write(3<${hex(path)}>, ${quoted(text)}, ${text.length}) = ${text.length}`;
const sync = (path: string) => `7 fsync(3<${hex(path)}>) = 0`;
const rename = (from: string, to: string) => `7 rename(${quoted(from)}, ${quoted(to)}) = 0`;

const record = (...lines: string[]): Recording<never> =>
  recordingOf(lines.join('\n'), '/disk', new Map([['old', Buffer.from('old')]]), () => []);

/** Every image that a hundred draws give, as text. */
function imagesOf(recording: Recording<never>, disk: DiskKind, change: Partial<Cut> = {}): Set<string> {
  const cut = { at: recording.steps.length, disk, keptNames: 0.5, keptSectors: 0.5, ...change };
  const draws = Array.from({ length: 100 }, (_, seed) => imageAt(recording, cut, seeded(seed)));
  return new Set(
    draws.map((image) =>
      [...image].map(([path, content]) => `${path}=${content?.toString() ?? '/'}`).join(' '),
    ),
  );
}

const NEW = '/disk/new';

test('a bare disk loses the name of a file that was synced; a journaling one does not', () => {
  const recording = record(make(NEW), write(NEW, 'text'), sync(NEW));
  expect(imagesOf(recording, 'journaling')).toEqual(new Set(['old=old new=text']));
  expect(imagesOf(recording, 'bare')).toEqual(new Set(['old=old new=text', 'old=old']));
  const whole = record(make(NEW), write(NEW, 'text'), sync(NEW), sync('/disk'));
  expect(imagesOf(whole, 'bare')).toEqual(new Set(['old=old new=text']));
});

test('a file that took the place of another before it was synced may be empty, or full of zeros', () => {
  const recording = record(make(NEW), write(NEW, 'text'), rename(NEW, '/disk/old'), sync('/disk'));
  expect(imagesOf(recording, 'bare')).toEqual(new Set(['old=text', 'old=', 'old=\0\0\0\0']));
});

test('what is written later may be there without what was written before, sector by sector', () => {
  const sector = (letter: string) => letter.repeat(512);
  const recording = record(make(NEW), sync('/disk'), write(NEW, sector('a')), write(NEW, sector('b')));
  const images = imagesOf(recording, 'journaling');
  expect(images).toContain(`old=old new=${sector('a')}`);
  expect(images).toContain(`old=old new=${sector('\0')}${sector('b')}`);
  expect(images).toContain('old=old new=');
});

test('names reach a journaling disk in their order, and a bare one in any', () => {
  const [one, two] = ['/disk/one', '/disk/two'];
  const recording = record(make(one), make(two));
  const share = { keptNames: 0.5 };
  expect(imagesOf(recording, 'journaling', share)).toEqual(new Set(['old=old one=']));
  expect(imagesOf(recording, 'bare', share)).toContain('old=old two=');
});

test('a sync covers what was there when it began, and not what came while it ran', () => {
  const recording = record(
    make(NEW),
    sync('/disk'),
    `8 fsync(3<${hex(NEW)}> <unfinished ...>`,
    write(NEW, 'late'),
    '8 <... fsync resumed>) = 0',
  );
  expect(imagesOf(recording, 'bare', { keptSectors: 0 })).toEqual(new Set(['old=old new=']));
});

test('a cut in the middle knows nothing of a sync that comes later', () => {
  const recording = record(make(NEW), write(NEW, 'text'), sync(NEW), sync('/disk'));
  expect(imagesOf(recording, 'bare', { at: 2, keptNames: 0 })).toEqual(new Set(['old=old']));
});

test('a call that failed did nothing, and one that was cut short is not read as whole', () => {
  expect(parseTrace(`7 mkdir(${quoted('/disk/a')}, 0777) = -1 EEXIST (File exists)`)).toEqual([]);
  expect(() => parseTrace(`7 write(3<${hex(NEW)}>, ${quoted('te')}..., 9) = 9`)).toThrow('cut short');
});

test('a call on a recorded file that no disk here can play is not passed over', () => {
  expect(() => record(make(NEW), `7 fallocate(3<${hex(NEW)}>, 0, 0, 4096) = 0`)).toThrow('fallocate');
});
