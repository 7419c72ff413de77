import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lane } from './lane/lane.ts';
import type { RoundResult } from './round.ts';

/**
 * Keeps all that a violation left behind, in a folder of its own: the store, what the agent knows, the claims, the counted
 * starts, what everyone said, and the frames. What cannot be had is named in `missing.txt`.
 */
export async function keepEvidence(folder: string, lane: Lane, result: RoundResult): Promise<string> {
  const target = join(folder, `round-${result.plan.round ?? 'recorded'}-${lane.name}`);
  await mkdir(target, { recursive: true });
  const missing: string[] = [];
  const keep = (what: string, act: () => Promise<unknown>) =>
    act().catch((error: unknown) => missing.push(`${what}: ${String(error)}`));
  const { server, hub, relay } = lane;
  const copy = (what: string, source: string) =>
    keep(what, () => cp(source, join(target, what), { recursive: true }));
  await writeFile(join(target, 'round.json'), `${JSON.stringify(result, null, 2)}\n`);
  await writeFile(join(target, 'hub.log'), hub.output());
  await writeFile(join(target, 'frames.log'), `${relay.frames().join('\n')}\n`);
  await copy('store', hub.dataDir);
  await copy('agent', server.lab.path('/var/lib/homelabcmd'));
  await copy('claims', server.lab.path('/var/lib/homelabcmd-orders'));
  await copy('runs', server.lab.path('/var/log/runs'));
  await keep('journal', async () => {
    const { stdout } = await server.lab.exec([
      'journalctl',
      '-o',
      'short-precise',
      '--no-pager',
      '-n',
      '3000',
    ]);
    await writeFile(join(target, 'journal.log'), stdout);
  });
  if (missing.length > 0) await writeFile(join(target, 'missing.txt'), `${missing.join('\n')}\n`);
  return target;
}
