import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../prepare/child.mjs';
import { ownKind } from './kinds.mjs';
import { runtimeOf } from './runtime.mjs';

/**
 * Makes one program out of the agent's bundle and a Bun: it needs nothing else on its server. The code is in it as bytecode too,
 * which is mapped from the file where source would have to be read into memory of the agent's own.
 *
 * @param {string} bundle
 * @param {string} outFile
 * @param {import('./kinds.mjs').Kind} kind
 * @param {string | null} order what `orderOfBytecode` has found, for the program that a server gets
 */
export async function compileAgent(bundle, outFile, kind, order) {
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
    // A small heap is collected before it grows: a server's memory is not ours to use.
    '--compile-exec-argv=--smol',
    ...['--bytecode', '--format=esm', ...(order === null ? [] : [`--bytecode-order=${order}`])],
    ...[`--outfile=${outFile}`, bundle],
  ];
  await runOrSay(compiler, args, process.env, `Bun could not make the agent of ${kind.name}.`);
}

/**
 * Finds out which functions an agent runs when it starts, so that they can stand together: the kernel maps a file by 64 KiB, and
 * functions that are needed here and there would bring most of the bytecode into memory. The agent starts with no hub and no
 * systemd to speak to, finds that nobody holds its standard input, and ends by itself.
 *
 * @param {string} bundle
 * @param {string} folder for what is made on the way
 * @returns {Promise<string>} the path of a file for `compileAgent`
 */
export async function orderOfBytecode(bundle, folder) {
  const program = join(folder, 'unordered');
  const order = join(folder, 'bytecode-order');
  await compileAgent(bundle, program, ownKind(), null);
  const env = {
    HOMELABCMD_STATE_DIR: join(folder, 'state'),
    HOMELABCMD_DBUS_ADDRESS: `unix:path=${join(folder, 'no-bus')}`,
    HOMELABCMD_HUB_URL: 'ws://127.0.0.1:1',
    // A token in form, of no hub.
    HOMELABCMD_ENROLMENT_TOKEN: `hlce_${'A'.repeat(43)}_${'A'.repeat(22)}`,
    HOMELABCMD_EXIT_WITH_PARENT: 'on',
    BUN_JSC_useJIT: '0',
    BUN_BYTECODE_ORDER_OUT: order,
  };
  await runOrSay(program, ['run'], env, 'The agent that was just made does not run.');
  if (!existsSync(order)) throw new Error('Bun did not say which functions the agent runs.');
  return order;
}

/**
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @param {string} problem what to say when it fails, after its own words
 */
async function runOrSay(program, args, env, problem) {
  /** @type {string[]} */
  const words = [];
  const { exitCode } = await run(program, args, { env, onLine: (line) => words.push(line) });
  if (exitCode !== 0) throw new Error(`${words.join('\n')}\n${problem}`);
}
