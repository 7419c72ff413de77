import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const RELEASE_SCRIPT = fileURLToPath(new URL('../scripts/release.mjs', import.meta.url));

/** Makes the release as `npm run release` does, and unpacks it into a folder, without the folder that is in it. */
export async function unpackRelease(folder: string): Promise<void> {
  const made = await mkdtemp(join(tmpdir(), 'homelabcmd-release-'));
  try {
    await execute(process.execPath, [RELEASE_SCRIPT, made]);
    const archive = (await readdir(made)).find((name) => name.endsWith('.tar.gz'));
    if (archive === undefined) throw new Error(`no archive was made in ${made}`);
    await mkdir(folder, { recursive: true });
    await execute('tar', [
      '-xzf',
      join(made, archive),
      '-C',
      folder,
      '--strip-components=1',
      '--no-same-owner',
    ]);
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}
