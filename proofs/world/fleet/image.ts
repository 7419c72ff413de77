import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  addServer,
  admitAgent,
  enrolServer,
  EventLog,
  expectServices,
  openStore,
  STORE_FILE,
} from '@homelabcmd/hub/rules';
import { type KeyPair, newKeyPair, readEnrolmentToken } from '@homelabcmd/protocol/link';
import { EPOCH_MS } from '../ground/timeline.ts';
import { imageOf } from './store.ts';

/** A store that has been through every migration and knows the fleet; made once, and copied for every seed. */
export interface FleetImage {
  readonly store: Uint8Array;
  readonly hubKey: KeyPair;
  /** The private key of each server's agent, in PEM. */
  readonly agentKeys: ReadonlyMap<string, string>;
}

export const SERVERS = ['media', 'nas', 'pi'] as const;
export const SERVICES = ['plex', 'sonarr', 'web'] as const;

export async function makeFleetImage(): Promise<FleetImage> {
  const folder = mkdtempSync(join(tmpdir(), 'simulate-'));
  try {
    const hubKey = newKeyPair();
    const agentKeys = new Map<string, string>();
    {
      await using store = await openStore(folder);
      const { db } = store;
      const clock = { nowMs: () => EPOCH_MS };
      const log = await EventLog.open(db, clock);
      for (const serverId of SERVERS) {
        await log.transaction((open) => addServer(open, 'hub', { server_id: serverId }));
        const services = SERVICES.map((service_name) => ({ service_name, critical: false, enabled: true }));
        await expectServices({ log, usageOf: () => undefined }, 'hub', serverId, services);
        const parts = { log, addServer, hubKey: hubKey.publicKey };
        const token = readEnrolmentToken((await enrolServer(parts, 'hub', serverId, null)).token);
        const key = newKeyPair();
        const proved = { publicKey: key.publicKey, tokenKey: token?.key.publicKey ?? null };
        await admitAgent(db, log, clock, proved);
        agentKeys.set(serverId, key.toPem());
      }
    }
    return { store: imageOf(join(folder, STORE_FILE)), hubKey, agentKeys };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
