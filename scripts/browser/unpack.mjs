/** Unpacks Chromium into $TMPDIR: `node unpack.mjs <folder of @sparticuz/chromium> <folder that $TMPDIR will become>`. */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflate } from '@sparticuz/chromium';

const [packageFolder = '', finalFolder = ''] = process.argv.slice(2);
const parts = ['chromium.br', 'fonts.tar.br', 'swiftshader.tar.br', 'al2023.tar.br'];
await Promise.all(parts.map((part) => inflate(join(packageFolder, 'bin', part))));

// The package's own fonts.conf looks where a cloud function would keep its fonts.
const fonts = join(finalFolder, 'fonts');
writeFileSync(
  join(tmpdir(), 'fonts/fonts.conf'),
  `<?xml version="1.0"?><fontconfig><dir>${fonts}/fonts</dir><cachedir>${fonts}/cache</cachedir></fontconfig>`,
);
