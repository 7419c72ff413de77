import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startAsked } from './asked-process.ts';
import type { Heap } from './heap.ts';
import type { Question } from './hub.ts';

const PROGRAM = fileURLToPath(new URL('./hub.ts', import.meta.url));
/** Of the program that plays: it opens everything, and is never part of what is tried. */
export const HARNESS_KEY = 'the-key-of-the-one-who-plays-0123456789abcdef';
const ERROR_LEVEL = 50;
const KEPT_LINES = 50;

interface LogLine {
  readonly level: number;
  readonly msg: string;
}

/** A real hub in a process of its own, with a store of its own. */
export interface HubProcess extends AsyncDisposable {
  readonly url: string;
  /** What it holds, once all garbage is gone. */
  heap(): Promise<Heap>;
  /** A token with which an agent of this server can enrol. */
  token(serverId: string): Promise<string>;
  /** How often a sentence has come in its log. */
  logged(msg: string): number;
  /** What it has logged as a fault of its own since this was asked last. */
  takeFaults(): string[];
  /** How it ended, where it should not have; `null` while it runs. */
  readonly ended: string | null;
}

/** @throws when it does not come up */
export async function startHubProcess(settings: Readonly<Record<string, string>> = {}): Promise<HubProcess> {
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-hub-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const counts = new Map<string, number>();
  let faults: string[] = [];
  const asked = stack.use(
    startAsked(
      [PROGRAM],
      {
        HOMELABCMD_PORT: '0',
        HOMELABCMD_DATA_DIR: folder,
        HOMELABCMD_API_KEY: HARNESS_KEY,
        HOMELABCMD_LOG_LEVEL: 'warn',
        ...settings,
      },
      (line) => {
        const { level, msg } = JSON.parse(line) as LogLine;
        counts.set(msg, (counts.get(msg) ?? 0) + 1);
        if (level >= ERROR_LEVEL && faults.length < KEPT_LINES) faults.push(line);
      },
    ),
  );
  const { url } = (await asked.ready) as { url: string };
  const ask = <T>(question: Question): Promise<T> => asked.ask<T>(question);
  const opened = stack.move();
  return {
    url,
    heap: () => ask({ ask: 'heap' }),
    token: async (serverId) => (await ask<{ token: string }>({ ask: 'token', serverId })).token,
    logged: (msg) => counts.get(msg) ?? 0,
    takeFaults() {
      const taken = faults;
      faults = [];
      return taken;
    },
    get ended() {
      return asked.ended;
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
