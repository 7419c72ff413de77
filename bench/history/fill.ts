import {
  asOneStep,
  cellsOf,
  putSteps,
  rollUp,
  type StepOfServer,
  type Store,
  type Tiers,
} from '@homelabcmd/hub/rules';
import { MetricSample } from '@homelabcmd/protocol';

const SECONDS_MS = 10_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** A step of a longer tier is made of so many samples, each of which stands for a part of those that there would be. */
const SAMPLES = 3;

/** So often a database tidies up by itself, when a fifth of this table's rows were written anew. */
const TIDIED_EVERY = 232;

/** Numbers that look like chance and are the same in every run. */
function chanceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A server of three disks, two interfaces and four sensors, as it goes up and down. */
function serverOf(n: number): () => MetricSample {
  const chance = chanceOf(n + 1);
  let load = 0.2;
  const around = (value: number, share: number) => Math.round(value * (1 + share * (chance() - 0.5)));
  const fullAt = ['/', '/srv', '/mnt/backup'].map((mount) => ({ mount, used: 1e11 + chance() * 8e11 }));
  return () => {
    load = Math.min(1, Math.max(0.01, load + (chance() - 0.5) * 0.2));
    for (const disk of fullAt) disk.used = Math.min(1e12, disk.used + chance() * 1e5);
    return MetricSample.parse({
      cpu_percent: Math.round(load * 1000) / 10,
      ...{ load_1m: Math.round(load * 400) / 100, load_5m: load, load_15m: load, uptime_seconds: 1e6 },
      ...{ memory_used_bytes: around(6e9, 0.2), memory_total_bytes: 16e9 },
      ...{ swap_used_bytes: around(1e9, 0.05), swap_total_bytes: 4e9 },
      disks: fullAt.map(({ mount, used }) => ({ mount, used_bytes: Math.round(used), total_bytes: 1e12 })),
      disk_io: ['sda', 'nvme0n1'].map((device) => ({
        ...{ device, read_bytes_per_second: around(4e6 * load, 2), written_bytes_per_second: around(9e5, 2) },
      })),
      network: ['eth0', 'wg0'].map((name) => ({
        interface: name,
        ...{ received_bytes_per_second: around(2e7 * load, 2), sent_bytes_per_second: around(1e6, 2) },
      })),
      temperatures: ['coretemp Package id 0', 'coretemp Core 0', 'nvme Composite', 'drivetemp temp1'].map(
        (sensor) => ({ sensor, celsius: around(40 + 20 * load, 0.1) }),
      ),
    });
  };
}

/**
 * Days of readings of so many servers, as a hub would have them in its tiers at this moment. They are put there step by
 * step, as a hub puts them, so that the file has the holes that it has in life. What a tier keeps no longer is left out.
 */
export async function fillHistory(
  db: Store,
  tiers: Tiers,
  {
    servers,
    days,
    nowMs,
    tidy,
  }: { servers: number; days: number; nowMs: number; tidy?: () => Promise<void> },
): Promise<string[]> {
  const serverIds = Array.from({ length: servers }, (_, n) => `server-${n + 1}`);
  const at = new Date(nowMs).toISOString();
  for (const server_id of serverIds) {
    await db
      .insertInto('servers')
      .values({
        ...{ server_id, display_name: null, tags_json: '[]', liveness: 'offline', liveness_since: at },
        ...{ last_seen_at: at, facts_json: null, created_at: at, revision: 0 },
        maintenance_json: JSON.stringify({ on: false, until: null, reason: null }),
      })
      .execute();
  }
  const samplers = serverIds.map((serverId, n) => ({ serverId, sample: serverOf(n) }));
  const [seconds, minutes, tens] = tiers;
  let puts = 0;
  for (const [tier, fromMs, toMs] of [
    [tens, nowMs - days * DAY_MS, nowMs - minutes.keptMs],
    [minutes, nowMs - minutes.keptMs, nowMs - seconds.keptMs],
    [seconds, nowMs - seconds.keptMs, nowMs],
  ] as const) {
    const weight = Math.max(1, tier.stepMs / SECONDS_MS / SAMPLES);
    for (let atMs = Math.ceil(fromMs / tier.blockMs) * tier.blockMs; atMs < toMs; atMs += tier.stepMs) {
      const steps = samplers.flatMap(({ serverId, sample }): StepOfServer[] => {
        const parts = Array.from({ length: tier === seconds ? 1 : SAMPLES }, () => ({
          isBackfilled: false,
          cells: cellsOf(sample(), weight),
        }));
        const step = asOneStep(parts);
        return step === undefined ? [] : [{ serverId, atMs, step }];
      });
      await db.transaction().execute((tx) => putSteps(tx, tier, steps));
      puts += 1;
      if (puts % TIDIED_EVERY === 0) await tidy?.();
      if ((atMs + tier.stepMs) % tier.blockMs === 0) await rollUp(db, tiers, atMs + tier.stepMs);
    }
  }
  return serverIds;
}
