import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Finding, type Patient, fail, ok } from './check.ts';

/** What the hub hands out: the agent, its installer and the dashboard. */
export function parts({ loaded: { config } }: Patient): Finding {
  const { agentBundle, agentFiles } = config;
  const wanted = [
    agentBundle,
    agentFiles.installScript,
    join(agentFiles.releaseDir, 'release.json'),
    join(agentFiles.releaseDir, 'release.sig'),
    ...(config.dashboardDir === null ? [] : [join(config.dashboardDir, 'index.html')]),
  ];
  const missing = wanted.filter((file) => !existsSync(file));
  return missing.length > 0
    ? fail(
        'Parts',
        `not there: ${missing.join(', ')}`,
        'Build them (npm run build), or unpack the release again.',
      )
    : ok('Parts', 'agent, installer and dashboard are there');
}

/** The one that runs this command: it has been found new enough, or there would be no command. */
export const node = (): Finding => ok('Node.js', process.versions.node);
