import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { RESTART_SCRIPT_SHA256 } from './files.ts';

test('the restart script that the doctor knows is the one that is shipped', () => {
  const script = readFileSync(new URL('../../../../../deploy/restart-service', import.meta.url));
  expect(RESTART_SCRIPT_SHA256).toBe(createHash('sha256').update(script).digest('hex'));
});
