import { run } from '../../prepare/child.mjs';
import { ownKind } from './kinds.mjs';
import { runtimeOf } from './runtime.mjs';

/**
 * Makes one program out of the agent's bundle and a Bun: it needs nothing else on its server.
 *
 * @param {string} bundle
 * @param {string} outFile
 * @param {import('./kinds.mjs').Kind} kind
 */
export async function compileAgent(bundle, outFile, kind) {
  const compiler = await runtimeOf(ownKind());
  const args = [
    ...[
      'build',
      '--compile',
      `--target=${kind.target}`,
      `--compile-executable-path=${await runtimeOf(kind)}`,
    ],
    // What stands in the folder that it is started in is somebody's: no `.env`, no `bunfig.toml` there may change what it does.
    ...['--no-compile-autoload-dotenv', '--no-compile-autoload-bunfig'],
    ...['--no-compile-autoload-tsconfig', '--no-compile-autoload-package-json'],
    ...[`--outfile=${outFile}`, bundle],
  ];
  /** @type {string[]} */
  const words = [];
  const { exitCode } = await run(compiler, args, { onLine: (line) => words.push(line) });
  if (exitCode !== 0) throw new Error(`${words.join('\n')}\nBun could not make the agent of ${kind.name}.`);
}
