import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprintOf } from '@homelabcmd/protocol/link';
import { HUB_KEY_FILE, type HubKey, readHubKey } from '../../enrolment/hub-key.ts';
import { knownHubKey, leadsTo } from '../../enrolment/known-hub-key.ts';
import { MARK_FILE } from '../../setback/mark.ts';
import { type Finding, type Patient, fail, OTHERS, ok, warn } from './check.ts';
import { reading } from './store.ts';

const NAME = 'Hub key';

/** The key by which agents know this hub: without it every agent has to be enrolled anew. */
export async function hubKey(patient: Patient): Promise<Finding> {
  const { dataDir } = patient.loaded.config;
  const file = join(dataDir, HUB_KEY_FILE);
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined)
    return existsSync(join(dataDir, MARK_FILE))
      ? warn(
          NAME,
          `${file} is not there, though a hub has run here`,
          'If that hub made one, put it back before the next start makes another: agents answer no hub with another key (docs/backup.md).',
        )
      : ok(NAME, 'the first start of the hub makes it');
  if ((stat.mode & OTHERS) !== 0)
    return warn(NAME, `${file} may be read by other users of this machine`, `chmod 600 ${file}`);
  let key: HubKey | null;
  try {
    key = readHubKey(dataDir);
  } catch (error) {
    return fail(NAME, (error as Error).message, 'Put it back, owned by the user that the hub runs as.');
  }
  const isThere = ok(NAME, 'is there; keep a copy of it apart from those of the store');
  return key === null ? isThere : ((await wentBack(patient, key)) ?? isThere);
}

/** Agents took the key with which the hub ran last, and follow from that one alone. */
async function wentBack({ store, loaded }: Patient, key: HubKey): Promise<Finding | null> {
  if (store.kind !== 'store' || store.facts.unknown.length > 0 || store.facts.pending.length > 0) return null;
  const known = await reading(loaded, knownHubKey);
  if (known === undefined || leadsTo(known.public_key, key)) return null;
  return warn(
    NAME,
    `it is ${fingerprintOf(key.key.publicKey)}, and the hub last ran with ${fingerprintOf(known.public_key)}, which has not signed it: an old copy was likely put back`,
    'Put the newest copy back before the hub starts, or enrol every agent anew (docs/backup.md). After rotate-key --stolen this is as it should be.',
  );
}
