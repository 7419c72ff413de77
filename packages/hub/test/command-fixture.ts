import { Writable } from 'node:stream';
import { runCommand } from '../src/cli/run.ts';
import { databaseSetting } from './store-access.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** What came on standard output, as it is. */
  readonly bytes: Buffer;
}

/** Runs `homelabcmd` in this process, with nothing in the environment but what is given, and where the store of its data folder is. */
export async function homelabcmd(
  words: readonly string[],
  environment: Record<string, string> = {},
): Promise<Ran> {
  const [out, err] = [gather(), gather()];
  const named = words.includes('--data-dir') ? words[words.indexOf('--data-dir') + 1] : undefined;
  const dataDir = named ?? environment['HOMELABCMD_DATA_DIR'];
  const place = dataDir === undefined ? {} : databaseSetting(dataDir);
  const code = await runCommand(words, {
    environment: { ...place, ...environment },
    out: out.stream,
    err: err.stream,
  });
  return { code, out: out.bytes().toString(), err: err.bytes().toString(), bytes: out.bytes() };
}

function gather() {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer | string, _encoding, done) {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  return { stream, bytes: () => Buffer.concat(chunks) };
}
