import type { Stage } from '../scene.ts';
import { alertingFleet } from './alerting-fleet.ts';
import { decidedActions } from './decided-actions.ts';
import { emptyHub } from './empty-hub.ts';
import { people } from './people.ts';
import { settings } from './settings.ts';
import { silentServers } from './silent-servers.ts';
import { tellingHouse } from './telling-house.ts';
import { tendedFleet } from './tended-fleet.ts';
import { troubledFleet } from './troubled-fleet.ts';
import { wellFleet } from './well-fleet.ts';

/** Everything that is looked at. A scene is one entry in the stage that shows it; a stage is one entry here. */
export const STAGES: readonly Stage[] = [
  emptyHub,
  people,
  settings,
  wellFleet,
  tendedFleet,
  troubledFleet,
  silentServers,
  decidedActions,
  alertingFleet,
  tellingHouse,
];
