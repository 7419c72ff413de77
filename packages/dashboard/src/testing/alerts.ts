import { AT, aServer, anAlert } from './things.ts';

export const offline = anAlert({
  alert_id: 1,
  kind: 'server_offline',
  server_id: 'pi-garage',
  subject: null,
  title: 'pi-garage is offline',
  held_back: 1,
});
const held = anAlert({
  alert_id: 2,
  server_id: 'pi-garage',
  subject: 'zigbee',
  title: 'zigbee is not known on pi-garage',
  suppressed: { cause_alert_id: 1, reason: 'pi-garage is offline.' },
});
const disk = anAlert({
  alert_id: 3,
  kind: 'disk_high',
  severity: 'warning',
  state: 'acknowledged',
  server_id: 'nas-01',
  subject: '/',
  title: 'The disk / of nas-01 is at 87 %',
  measured: { value: 87.2, limit: 85, unit: 'percent' },
  acknowledged: { at: AT, by: 'kim', note: 'New disk arrives Tuesday.' },
});
const quiet = anAlert({
  alert_id: 4,
  server_id: 'backup-01',
  subject: 'borg',
  title: 'borg failed on backup-01',
  silenced: { by: 'kim', until: '2099-01-01T12:00:00.000Z', reason: 'Replacing the fan' },
});
const over = anAlert({
  alert_id: 9,
  state: 'resolved',
  title: 'unbound failed on dns-01',
  server_id: 'dns-01',
  subject: 'unbound',
  resolved_at: '2026-11-22T09:37:03.408Z',
  action_id: 42,
});
export const silence = {
  silence_id: 7,
  server_id: 'backup-01',
  tag: null,
  kind: null,
  subject: null,
  until: '2099-01-01T12:00:00.000Z',
  reason: 'Replacing the fan',
  created_at: AT,
  created_by: 'kim',
  held_back: 1,
};
/** Two causes that need somebody, one that somebody looks after, one that is silenced, and one that is over. */
export const known = {
  servers: [aServer(), aServer({ server_id: 'nas-01' })],
  alerts: [anAlert(), offline, held, disk, quiet, over],
  silences: [silence],
};
