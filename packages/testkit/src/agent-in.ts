import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type Agent, readConfig, startAgent } from '@homelabcmd/agent';
import { FakeExecutor } from './fake-executor.ts';
import { FakeSystemd } from './fake-systemd.ts';

/**
 * The agent of a server whose state is in this folder, with one service that may not be restarted.
 * @param said what it logs, a line each
 */
export function agentIn(stateDir: string, hubUrl: string, said: string[] = [], token = ''): Promise<Agent> {
  const systemd = new FakeSystemd([{ unit: 'plex.service' }]);
  const bootId = randomUUID();
  return startAgent(
    readConfig({
      HOMELABCMD_HUB_URL: hubUrl,
      HOMELABCMD_ENROLMENT_TOKEN: token,
      HOMELABCMD_STATE_DIR: stateDir,
      HOMELABCMD_ALLOW_FILE: join(stateDir, 'none'),
    }),
    {
      ...{ systemd, executor: new FakeExecutor(systemd, bootId), bootId, hostname: 'nas' },
      log: (_level, msg, fields) => said.push(`${msg} ${JSON.stringify(fields)}`),
    },
  );
}
