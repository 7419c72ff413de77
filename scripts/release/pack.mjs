import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import { run } from '../prepare/child.mjs';

/**
 * Packs a folder so that equal files give equal bytes: sorted, of one time, of nobody, with plain rights.
 *
 * @param {string} folder it is the one folder in the archive
 * @param {string} archive the file to write, `….tar.gz`
 * @param {Date} time
 */
export async function pack(folder, archive, time) {
  const tar = archive.replace(/\.gz$/, '');
  const args = [
    ...[
      '--create',
      '--file',
      tar,
      '--format=ustar',
      '--sort=name',
      `--mtime=@${Math.floor(time.getTime() / 1000)}`,
    ],
    ...['--owner=0', '--group=0', '--numeric-owner', '--mode=u=rwX,go=rX'],
    ...['--directory', dirname(folder), basename(folder)],
  ];
  const { exitCode } = await run('tar', args, { stdio: 'inherit' });
  if (exitCode !== 0) throw new Error(`tar could not pack ${folder} (exit code ${exitCode}).`);
  writeFileSync(archive, gzipSync(readFileSync(tar), { level: 9 }));
  rmSync(tar);
}

/** Lines as `sha256sum --check` reads them. @param {string[]} files */
export function checksums(files) {
  const lines = files.map((file) => {
    const sum = createHash('sha256').update(readFileSync(file)).digest('hex');
    return `${sum}  ${basename(file)}\n`;
  });
  return lines.join('');
}
