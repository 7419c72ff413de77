import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig, startAgent } from '@homelabcmd/agent';
import { FakeExecutor, FakeSystemd } from '@homelabcmd/testkit';

/**
 * Real agents in a process of their own, each with a systemd in memory, for a hub that is measured in another. It is told by a
 * message where the hub is and who the agents are, and says when each has been started.
 */

export interface AgentsOrder {
  readonly hubUrl: string;
  readonly servers: readonly { readonly serverId: string; readonly token: string }[];
  readonly units: readonly string[];
}

async function start({ hubUrl, servers, units }: AgentsOrder): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'homelabcmd-agents-'));
  process.once('disconnect', () => {
    void rm(folder, { recursive: true, force: true }).finally(() => process.exit(0));
  });
  for (const { serverId, token } of servers) {
    const systemd = new FakeSystemd(units.map((unit) => ({ unit })));
    const bootId = randomUUID();
    await startAgent(
      readConfig({
        HOMELABCMD_HUB_URL: hubUrl,
        HOMELABCMD_ENROLMENT_TOKEN: token,
        HOMELABCMD_STATE_DIR: join(folder, serverId),
        HOMELABCMD_ALLOW_FILE: join(folder, 'none'),
        HOMELABCMD_LOG_LEVEL: 'error',
      }),
      { systemd, executor: new FakeExecutor(systemd, bootId), bootId, hostname: serverId },
    );
  }
  process.send?.('started');
}

process.once('message', (order: AgentsOrder) => void start(order));
