import { action } from './action.ts';
import { actions } from './actions.ts';
import { addServer } from './servers/add-server.ts';
import { alerts } from './alerts/alerts.ts';
import { audit } from './audit.ts';
import { fleet } from './fleet.ts';
import { serviceHistory, timeline } from './servers/history.ts';
import { server } from './servers/server.ts';
import { settings, settingsSection } from './settings.ts';

/** Every page behind the door. The navigation shows those that have a place in it, in this order. */
export const pages = [
  fleet,
  addServer,
  server,
  serviceHistory,
  timeline,
  actions,
  audit,
  action,
  alerts,
  settings,
  settingsSection,
] as const;
