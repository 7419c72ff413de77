import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { STORE_FILE } from '@homelabcmd/hub/rules';
import type { ActionStatus } from '@homelabcmd/protocol';
import { newKeyPair } from '@homelabcmd/protocol/link';
import { drawCut, imageAt, layImage, seenBefore } from '../disk/image.ts';
import type { Recording } from '../disk/recording.ts';
import { factsOfLife, PATHS_OF, type Planted, type Side } from '../side.ts';
import { checkHub } from './check.ts';
import { DATA_DIR, recordHubLife } from './life.ts';
import { hubKeyOf, isEnrolled, type Told } from './promises.ts';

const OLD_STORE = new URL('../../../packages/hub/test/fixtures/store-0.1.0.sql', import.meta.url);
/** How many of the lives that begin anew begin with a store of the first version, which is then migrated. */
const OLD_SHARE = 0.5;

/** The hub, which is given an empty disk, an old store, or what its last loss of power has left. */
export function hubSide(planted: Planted | null): Side {
  const folder = mkdtempSync(join(tmpdir(), 'homelabcmd-powercuts-hub-'));
  const disk = join(folder, 'life');
  const spare = join(folder, 'cut');
  const key = newKeyPair();
  let recording: Recording<Told> | null = null;
  let toldBefore: readonly Told[] = [];
  let last: { image: ReadonlyMap<string, Buffer | null>; told: readonly Told[] } | null = null;
  let lives = 0;
  return {
    name: 'hub',
    async live(chance, isFresh) {
      lives += 1;
      lay(disk, isFresh ? null : (last?.image ?? null));
      toldBefore = isFresh ? [] : (last?.told ?? []);
      if (isFresh && chance.next() < OLD_SHARE) toldBefore = layOldStore(join(disk, DATA_DIR));
      recording = await recordHubLife({
        ...{ disk, traceFile: join(folder, 'trace'), name: `life-${lives}`, actions: 8 + chance.below(25) },
        agent: { key, isEnrolled: isEnrolled(toldBefore), hubKey: hubKeyOf(toldBefore) },
        endsWell: chance.next() < 0.5,
        heeds: planted === null ? undefined : (path) => !PATHS_OF[planted].test(path),
      });
      return factsOfLife(recording.steps);
    },
    async cut(chance) {
      if (recording === null) throw new Error('There is no life to cut.');
      const cut = drawCut(recording, chance);
      const image = imageAt(recording, cut, chance);
      const told = [...toldBefore, ...seenBefore(recording, cut)];
      lay(spare, image);
      last = { image, told };
      return { cut, outcomes: {}, ...(await checkHub(spare, told, key)) };
    },
    async [Symbol.asyncDispose]() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function lay(disk: string, image: ReadonlyMap<string, Buffer | null> | null): void {
  rmSync(disk, { recursive: true, force: true });
  mkdirSync(disk, { recursive: true });
  if (image !== null) layImage(image, disk);
}

/** Lays a store of the first version, with all that people were told by the hub that wrote it. */
function layOldStore(dataDir: string): Told[] {
  mkdirSync(dataDir);
  using database = new DatabaseSync(join(dataDir, STORE_FILE));
  database.exec(readFileSync(OLD_STORE, 'utf8'));
  database.exec('PRAGMA journal_mode = WAL');
  return database
    .prepare('SELECT order_id, version, status, approved_at FROM actions')
    .all()
    .map((row) => ({
      kind: 'action',
      orderId: String(row['order_id']),
      version: Number(row['version']),
      status: String(row['status']) as ActionStatus,
      isApproved: row['approved_at'] !== null,
    }));
}
