import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'kill-at-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** A process that writes as an agent does, and as a hub does. */
const PROGRAM = `
  import { fdatasyncSync, openSync, writeSync } from 'node:fs';
  import { DatabaseSync } from 'node:sqlite';
  const journal = openSync('journal', 'a');
  for (const kind of ['intent', 'result']) {
    writeSync(journal, Buffer.from(JSON.stringify({ kind }) + '\\n'));
    fdatasyncSync(journal);
  }
  const store = new DatabaseSync('store.db');
  store.exec('CREATE TABLE IF NOT EXISTS events (type TEXT)');
  for (const type of ['action.requested', 'action.approved']) {
    store.prepare('begin').run();
    store.prepare('insert into "events" values (?)').run(type);
    store.prepare('commit').run();
  }
  process.exit(0);
`;

function run(control: object): NodeJS.Signals | null {
  writeFileSync(join(dir, 'control.json'), JSON.stringify(control));
  const { signal, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', PROGRAM], {
    cwd: dir,
    encoding: 'utf8',
    env: {
      NODE_OPTIONS: `--import=${new URL('kill-at.mjs', import.meta.url).href}`,
      ...{ FAULTS_DIR: dir, FAULTS_SIDE: 'hub' },
    },
  });
  expect(stderr).toBe('');
  return signal;
}

const linesOf = (file: string) => readFileSync(join(dir, file), 'utf8').split('\n').filter(Boolean);

test('the steps are recorded by name, and how often each came', () => {
  expect(run({ serial: 1, record: true })).toBeNull();
  const steps = linesOf('steps.jsonl').map((line) => JSON.parse(line) as { label: string; nth: number });
  expect(steps.map(({ label, nth }) => `${label} ${nth}`)).toEqual([
    ...['write intent 1', 'sync intent 1', 'write result 1', 'sync result 1'],
    ...['insert events 1', 'commit action.requested 1', 'insert events 2', 'commit action.approved 1'],
  ]);
});

test.each([
  [{ label: 'write intent', nth: 1, when: 'before' }, 0],
  [{ label: 'write intent', nth: 1, when: 'after' }, 1],
  [{ label: 'sync result', nth: 1, when: 'before' }, 2],
])('a process dies at %o with what it had written until then', (point, lines) => {
  expect(run({ serial: 1, ...point })).toBe('SIGKILL');
  expect(linesOf('journal')).toHaveLength(lines);
  expect(linesOf('kills.jsonl')).toHaveLength(1);
  expect(existsSync(join(dir, 'control.json'))).toBe(false);
});

test('a commit is not there before its step, and is there after it', () => {
  const factsAfter = (when: string) => {
    expect(run({ serial: 1, label: 'commit action.approved', nth: 1, when })).toBe('SIGKILL');
    const read = `const { DatabaseSync } = require('node:sqlite');
      process.stdout.write(String(new DatabaseSync('store.db').prepare('select * from events').all().length))`;
    return Number(spawnSync(process.execPath, ['-e', read], { cwd: dir, encoding: 'utf8' }).stdout);
  };
  expect(factsAfter('before')).toBe(1);
  expect(factsAfter('after')).toBe(3);
});

test('a step that never comes kills nobody', () => {
  expect(run({ serial: 1, label: 'write intent', nth: 2, when: 'before' })).toBeNull();
  expect(existsSync(join(dir, 'control.json'))).toBe(true);
});
