import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { GENERATED_FILES } from './reference.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

test.each(GENERATED_FILES)(
  '$path is what the code says; npm run generate writes it',
  async ({ path, write }) => {
    const present = readFileSync(resolve(ROOT, path), 'utf8');
    expect(present).toBe(await write(present));
  },
);

test('the schema that is written down has every table, index and trigger of a new store', async () => {
  const schema = readFileSync(resolve(ROOT, 'packages/hub/src/store/schema.sql'), 'utf8');
  expect(schema).toContain('CREATE UNIQUE INDEX one_open_action_per_target');
  expect(schema).toContain('CREATE TRIGGER actions_take_legal_steps');
  expect(schema.match(/^CREATE TABLE/gm)?.length).toBeGreaterThanOrEqual(15);
});
