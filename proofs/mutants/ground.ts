import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Mutant, plantIn } from './mutant.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const COPIED = ['packages', 'proofs', 'scripts', 'lab', 'deploy', 'docs'];
/** The workspaces are links to this checkout; in a copy they must be links to the copy. */
const OWN_SCOPE = '@homelabcmd';

/** A copy of the sources in which mistakes are planted, one at a time; the checkout is never touched. */
export class Ground implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), 'homelabcmd-mutants-'));

  constructor() {
    for (const folder of COPIED)
      cpSync(join(ROOT, folder), join(this.root, folder), {
        recursive: true,
        filter: (path) => basename(path) !== 'node_modules',
      });
    for (const entry of readdirSync(ROOT, { withFileTypes: true }))
      if (entry.isFile()) cpSync(join(ROOT, entry.name), join(this.root, entry.name));
    this.#linkModules();
  }

  #linkModules(): void {
    const modules = join(this.root, 'node_modules');
    mkdirSync(join(modules, OWN_SCOPE), { recursive: true });
    for (const name of readdirSync(join(ROOT, 'node_modules')))
      if (name !== OWN_SCOPE && name !== '.vite' && name !== '.cache')
        symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
    for (const name of readdirSync(join(this.root, 'packages')))
      symlinkSync(join('..', '..', 'packages', name), join(modules, OWN_SCOPE, name));
  }

  /** Plants the mistake until what is returned is disposed of. */
  plant(mutant: Mutant): Disposable {
    const path = join(this.root, mutant.file);
    const whole = readFileSync(path, 'utf8');
    writeFileSync(path, plantIn(whole, mutant));
    return { [Symbol.dispose]: () => writeFileSync(path, whole) };
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
