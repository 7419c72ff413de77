import type { DiscoveredService } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { connectAgent, failedReport, report } from '../../../test/agent-fixture.ts';
import { startTestHub, type TestHub } from '../../../test/hub-fixture.ts';

interface Found {
  readonly services: DiscoveredService[];
  readonly total: number;
  readonly limit: number;
  readonly offset: number;
  readonly hidden: number;
}

const discover = async (hub: TestHub, query = '') =>
  (await hub.call<Found>('GET', `/servers/nas/services/discovered${query}`)).body;

const namesOf = (found: Found) => found.services.map((service) => service.service_name);

const packaged = (unit: string, change: Parameters<typeof report>[1] = {}) =>
  report(unit, { unit_file: `/lib/systemd/system/${unit}`, ...change });
const stopped = { status: 'stopped', state_class: 'down' } as const;

/** A server with something of each sort. */
async function fleet(hub: TestHub) {
  const agent = await connectAgent(hub, 'nas');
  agent.reports(
    [
      report('zap.service'),
      report('alpha.service', stopped),
      failedReport('mine.service'),
      packaged('ssh.service'),
      packaged('cron.service'),
      failedReport('apache2.service', { unit_file: '/lib/systemd/system/apache2.service' }),
      packaged('dbus.service'),
      packaged('systemd-logind.service'),
      packaged('fstrim.service', { unit_type: 'oneshot', unit_file_state: 'static', ...stopped }),
    ],
    true,
  );
  await agent.settled();
  return agent;
}

test('what people set up comes first, then packages; the system stays hidden, and is counted', async () => {
  await using hub = await startTestHub();
  await using _agent = await fleet(hub);
  const found = await discover(hub);
  expect(namesOf(found)).toEqual(['mine', 'zap', 'alpha', 'apache2', 'cron', 'ssh']);
  expect(found.services.map((service) => service.rank)).toEqual([
    ...Array<string>(3).fill('made_here'),
    ...Array<string>(3).fill('installed'),
  ]);
  expect(found).toMatchObject({ total: 6, hidden: 3, limit: 2000, offset: 0 });

  const all = await discover(hub, '?all=true');
  expect(namesOf(all).slice(6)).toEqual(['dbus', 'systemd-logind', 'fstrim']);
  expect(all).toMatchObject({ total: 9, hidden: 0 });
});

test('pages follow each other without a gap, and count the whole', async () => {
  await using hub = await startTestHub();
  await using _agent = await fleet(hub);
  const pages = [];
  for (const offset of [0, 4, 8]) pages.push(await discover(hub, `?all=true&limit=4&offset=${offset}`));
  expect(pages.flatMap(namesOf)).toEqual(namesOf(await discover(hub, '?all=true')));
  expect(pages.map((page) => page.total)).toEqual([9, 9, 9]);
  expect(namesOf(await discover(hub, '?offset=100'))).toEqual([]);
  for (const query of ['?limit=0', '?limit=2001', '?all=perhaps', '?offset=-1'])
    expect([query, (await hub.call('GET', `/servers/nas/services/discovered${query}`)).status]).toEqual([
      query,
      422,
    ]);
  expect((await hub.call('GET', '/servers/nobody/services/discovered')).body.detail).toBe('Server not found');
});

test('what is expected is not discovered, until it is forgotten', async () => {
  await using hub = await startTestHub();
  await using _agent = await fleet(hub);
  const body = { services: [{ service_name: 'mine' }, { service_name: 'zap.service' }] };
  expect((await hub.call('POST', '/servers/nas/services/bulk', body)).status).toBe(200);
  expect(namesOf(await discover(hub))).toEqual(['alpha', 'apache2', 'cron', 'ssh']);
  await hub.call('DELETE', '/servers/nas/services/mine');
  expect(namesOf(await discover(hub))[0]).toBe('mine');
});
