import { readFileSync } from 'node:fs';
import { API_BASE, api, type Problem, type ResponseOf } from '@homelabcmd/protocol';
import type { LoadedConfig } from '../../config.ts';
import { addressOf } from '../address.ts';

type Witnesses = ResponseOf<typeof api.listWitnesses>;

/** Longer than the hub itself waits for its agents. */
const ANSWER_WITHIN_MS = 30_000;
const HEADS_OF_EACH = 1000;

/**
 * Asks the running hub for what its agents hold. The hub passes on what they say; whoever does not trust the hub's
 * process either looks into `orders.jsonl` on the servers themselves.
 * @throws when there is no key, no hub, or no answer
 */
export async function askWitnesses(loaded: LoadedConfig, keyFile: string | null): Promise<Witnesses> {
  const { config } = loaded;
  const key = keyFile === null ? config.apiKey : readFileSync(keyFile, 'utf8').trim();
  if (key === null || key === '')
    throw new Error(
      'The hub has to be asked, and for that a key is needed. Set HOMELABCMD_API_KEY, or name a file that holds a key with --key-file.',
    );
  if (config.port === 0)
    throw new Error(
      'The hub listens on a port of its choice (HOMELABCMD_PORT=0). Set HOMELABCMD_PORT to that port.',
    );
  const url = addressOf(config);
  const response = await fetch(`${url}${API_BASE}${api.listWitnesses.path}?limit=${HEADS_OF_EACH}`, {
    headers: { 'x-api-key': key },
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  }).catch((cause: unknown) => {
    throw new Error(`The hub does not answer at ${url}. It has to run for its agents to be asked.`, {
      cause,
    });
  });
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return api.listWitnesses.response.parse(body);
  const problem = (body ?? {}) as Partial<Problem>;
  throw new Error(`The hub at ${url} did not say what its agents hold: ${problem.detail ?? response.status}`);
}
