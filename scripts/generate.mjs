/** Writes the files that are made from the code. A test keeps them equal to it. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GENERATED_FILES } from '@homelabcmd/hub/reference';
import { root } from './prepare/root.mjs';

for (const { path, write } of GENERATED_FILES) {
  const file = join(root, path);
  const present = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const text = await write(present);
  if (text !== present) writeFileSync(file, text);
  console.log(`${text === present ? 'unchanged' : 'written  '}  ${path}`);
}
