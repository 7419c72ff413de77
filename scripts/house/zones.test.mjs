import { expect, test } from 'vitest';
import { importProblem } from './zones.mjs';

const good = [
  ['packages/hub/src/actions/request.ts', '../store/schema.ts'],
  ['packages/hub/src/actions/request.ts', '../events/log.ts'],
  ['packages/hub/src/actions/request.ts', './transition.ts'],
  ['packages/hub/src/actions/request.ts', '@homelabcmd/protocol'],
  ['packages/hub/src/store/migrations/0001-first.ts', '../../lib/clock.ts'],
  ['packages/hub/src/http/server.ts', '../actions/routes.ts'],
  ['packages/hub/src/hub.ts', './link/agent-link.ts'],
  ['packages/hub/src/hub.ts', './config.ts'],
  ['packages/hub/src/main.ts', './cli/run.ts'],
  ['packages/hub/src/cli/commands/serve.ts', '../../hub.ts'],
  ['packages/hub/src/local-agent.ts', 'node:child_process'],
  ['packages/hub/src/actions/request.test.ts', '../servers/change.ts'],
  ['packages/hub/src/actions/request.test.ts', '@homelabcmd/testkit'],
  ['packages/agent/src/systemd/journal.ts', 'node:child_process'],
  ['packages/agent/src/systemd/dbus.ts', 'dbus-native'],
  ['packages/agent/src/services/watch.ts', '../systemd/port.ts'],
  ['packages/dashboard/src/ui/table.tsx', '../lib/units.ts'],
  ['packages/dashboard/src/features/fleet/page.tsx', '../../api/servers.ts'],
  ['packages/dashboard/src/features/actions/review/page.tsx', '../decide/strip.tsx'],
  ['packages/dashboard/src/app/router.tsx', '../features/fleet/page.tsx'],
  ['packages/dashboard/src/main.tsx', './styles/index.css'],
  ['packages/testkit/src/fleet.ts', '@homelabcmd/agent'],
  ['packages/protocol/src/server.ts', 'zod'],
  ['packages/protocol/src/api/servers.ts', '../server.ts'],
  ['packages/protocol/src/link/keys.ts', 'node:crypto'],
  ['packages/agent/src/link/identity.ts', '@homelabcmd/protocol/link'],
  ['lab/demo.ts', '@homelabcmd/hub'],
  ['proofs/faults/lane/lane.ts', '../plan/points.ts'],
  ['proofs/faults/main.ts', '../report/options.ts'],
  ['proofs/faults/main.ts', '../../lab/index.ts'],
  ['test/house/house.ts', '../../lab/index.ts'],
];

test.each(good)('%s may import %s', (file, specifier) => {
  expect(importProblem(file, specifier)).toBeUndefined();
});

const bad = [
  ['packages/hub/src/actions/request.ts', '../servers/change.ts', 'hub features never import each other'],
  ['packages/hub/src/actions/request.ts', '../link/agent-link.ts', 'a feature does not know the doors'],
  ['packages/hub/src/actions/request.ts', '../http/server.ts', 'a feature does not know the doors'],
  ['packages/hub/src/actions/request.ts', '../hub.ts', 'nothing imports the composition root but main'],
  ['packages/hub/src/actions/request.ts', '../config.ts', 'features are handed their settings'],
  ['packages/hub/src/lib/clock.ts', '../store/open.ts', 'lib stands on the ground'],
  ['packages/hub/src/store/open.ts', '../events/log.ts', 'the store does not know the log'],
  ['packages/hub/src/events/log.ts', '../actions/rows.ts', 'the log does not know features'],
  ['packages/hub/src/link/session.ts', '../http/stream.ts', 'the doors do not know each other'],
  ['packages/hub/src/hub.ts', './main.ts', 'nothing imports main'],
  ['proofs/powercuts/main.ts', '../faults/run.ts', 'a proof does not know the others'],
  ['proofs/report/progress.ts', '../faults/run.ts', 'what proofs have in common knows none of them'],
  ['packages/hub/src/hub.ts', './cli/run.ts', 'the hub does not know the command that runs it'],
  ['packages/hub/src/cli/run.ts', '../main.ts', 'nothing imports main'],
  ['packages/hub/src/hub.ts', '@homelabcmd/agent', 'the hub never imports the agent'],
  ['packages/hub/src/hub.ts', '@homelabcmd/testkit', 'the testkit is for tests'],
  ['packages/hub/src/hub.ts', '../../agent/src/agent.ts', 'packages are imported by name'],
  ['packages/hub/src/hub.ts', '../../../lab/index.ts', 'a package does not know the lab'],
  ['packages/hub/src/hub.test.ts', '@homelabcmd/agent', "a package's tests reach the others by the testkit"],
  ['packages/hub/src/hub.ts', 'node:child_process', 'processes are started in two files'],
  ['packages/agent/src/actions/run.ts', 'child_process', 'processes are started in two files'],
  ['packages/agent/src/services/watch.ts', 'dbus-native', 'only systemd/ speaks D-Bus'],
  ['packages/agent/src/services/watch.ts', 'node:process', 'the environment is read in config.ts'],
  ['packages/agent/src/agent.ts', '@homelabcmd/hub', 'the agent never imports the hub'],
  ['packages/dashboard/src/app/router.tsx', '@homelabcmd/hub', 'the dashboard never imports the hub'],
  ['packages/dashboard/src/lib/units.ts', '../ui/table.tsx', 'lib stands on the ground'],
  ['packages/dashboard/src/ui/table.tsx', '../api/servers.ts', 'ui has no domain words'],
  ['packages/dashboard/src/api/servers.ts', '../features/fleet/page.tsx', 'api does not know features'],
  [
    'packages/dashboard/src/features/fleet/page.tsx',
    '../actions/row.tsx',
    'dashboard features never import each other',
  ],
  [
    'packages/dashboard/src/features/fleet/page.tsx',
    '../../app/router.tsx',
    'a feature does not know the app',
  ],
  ['packages/protocol/src/server.ts', 'node:crypto', 'protocol does no I/O'],
  ['packages/protocol/src/server.ts', 'fastify', 'protocol depends on zod alone'],
  ['packages/protocol/src/link/keys.ts', 'node:fs', 'what is signed does no I/O'],
  ['packages/dashboard/src/api/call.ts', '@homelabcmd/protocol/link', 'a browser has no node:crypto'],
];

test.each(bad)('%s may not import %s: %s', (file, specifier) => {
  expect(importProblem(file, specifier)).toEqual(expect.any(String));
});
