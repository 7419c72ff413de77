import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseRelaxations, readRelaxations } from './relaxed.ts';

test('each setting is told with the comment above it, once', () => {
  const text = `# Written by relax-sandbox.
[Service]
# No mounts
# here.
ProtectSystem=no
# No mounts here.
ReadOnlyPaths=
SystemCallFilter=
SystemCallFilter=@system-service

# Of nothing.

PrivateTmp=no
`;
  expect(parseRelaxations('a.service', text)).toEqual([
    { unit: 'a.service', setting: 'ProtectSystem', because: 'No mounts here.' },
    { unit: 'a.service', setting: 'ReadOnlyPaths', because: 'No mounts here.' },
    { unit: 'a.service', setting: 'SystemCallFilter', because: '' },
    { unit: 'a.service', setting: 'PrivateTmp', because: '' },
  ]);
  expect(parseRelaxations('a.service', '')).toEqual([]);
});

test('the files of our units are read, and no others; where there are none, all is in force', () => {
  const folder = mkdtempSync(join(tmpdir(), 'units-'));
  try {
    expect(readRelaxations(folder)).toEqual([]);
    for (const unit of ['homelabcmd-restart@.service', 'other.service']) {
      mkdirSync(join(folder, `${unit}.d`));
      writeFileSync(join(folder, `${unit}.d`, '50-relaxed.conf'), '[Service]\n# So.\nPrivateTmp=no\n');
    }
    expect(readRelaxations(folder)).toEqual([
      { unit: 'homelabcmd-restart@.service', setting: 'PrivateTmp', because: 'So.' },
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
