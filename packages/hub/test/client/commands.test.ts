import { Action, FleetStatus } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { connectAgent, failedReport, report } from '../agent-fixture.ts';
import { homelabcmd as inThisProcess } from '../command-fixture.ts';
import { API_KEY, startTestHub } from '../hub-fixture.ts';
import { keyWith } from '../people/people-fixture.ts';
import { CommandProcess, ran } from './command-process.ts';

const SLOW = { timeout: 120_000 };

/** A hub with a server whose plex has failed, and whose agent obeys. */
async function openHouse() {
  await using stack = new AsyncDisposableStack();
  const hub = stack.use(await startTestHub());
  const agent = stack.use(await connectAgent(hub, 'nas'));
  for (const service_name of ['plex', 'sonarr', EVIL])
    await hub.call('POST', '/servers/nas/services', { service_name, critical: service_name === 'plex' });
  agent.reports([failedReport('plex.service'), report('sonarr.service')], true);
  await agent.settled();
  agent.obey();
  const environment: Record<string, string> = { HOMELABCMD_HUB_URL: hub.url, HOMELABCMD_API_KEY: API_KEY };
  const opened = stack.move();
  return {
    ...{ hub, agent, environment },
    homelabcmd: (...words: string[]) => ran(words, environment),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

const EVIL = 'evil\u202E\u001B[2J';

test('status says what needs somebody, for people and for programs', SLOW, async () => {
  await using house = await openHouse();
  const { homelabcmd } = house;
  const { code, out, err } = await homelabcmd('status');
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain('plex on nas has failed');
  expect(out).toContain('Servers   1 of 1 online\nServices  1 of 3 run\n');
  expect(out).toMatch(/\nSERVER {2}SERVICE +STATE +FOR\nnas +plex +failed +\d+ d\n/);
  const asked = await homelabcmd('status', '--json', '--check');
  expect(asked.code).toBe(5);
  const document = JSON.parse(asked.out) as { needs: unknown };
  expect(FleetStatus.parse(document)).toMatchObject({ severity: 'high', services_failed_critical: 1 });
  expect(document.needs).toContainEqual(expect.objectContaining({ server_id: 'nas', service_name: 'plex' }));
});

test('restart says what it queued, and a second one that it is queued already', SLOW, async () => {
  await using house = await openHouse();
  const { hub, homelabcmd } = house;
  const first = await homelabcmd('restart', 'nas', 'sonarr');
  expect([first.code, first.err]).toEqual([0, '']);
  const [, number = ''] =
    /^#(\d+) restart of sonarr on nas: pending, waits for approval\n$/.exec(first.out) ?? [];
  expect(await hub.action(Number(number))).toMatchObject({ service_name: 'sonarr', status: 'pending' });
  const second = await homelabcmd('restart', 'nas', 'sonarr', '--json');
  expect([second.code, second.out]).toEqual([3, '']);
  expect(second.err).toMatch(/The hub said no \(action_open\): .* It is action \d+\./);
  expect((await homelabcmd('restart', 'attic', 'plex')).err).toContain('(not_found)');
  await hub.call('POST', `/actions/${number}/cancel`);
  // The wish of a script that runs twice is granted once, also when what it led to has ended long ago.
  const once = ['restart', 'nas', 'sonarr', '--once', 'nightly-2026-11-27', '--json'];
  const wished = Action.parse(JSON.parse((await homelabcmd(...once)).out));
  await hub.call('POST', `/actions/${wished.action_id}/cancel`);
  expect(Action.parse(JSON.parse((await homelabcmd(...once)).out)).action_id).toBe(wished.action_id);
});

test(
  'restart --wait and approve follow an action to its end, and their exit code is how it ended',
  SLOW,
  async () => {
    await using house = await openHouse();
    const { environment, homelabcmd } = house;
    await using waiting = new CommandProcess(['restart', 'nas', 'plex', '--wait', '--json'], environment);
    const [first = ''] = await waiting.printed(1);
    const { action_id, digest } = Action.parse(JSON.parse(first));
    const wrong = await homelabcmd('approve', String(action_id), '--digest', 'f'.repeat(64));
    expect([wrong.code, wrong.err]).toEqual([3, expect.stringContaining('(digest_mismatch)')]);
    const approved = await homelabcmd('approve', `#${action_id}`, '--digest', digest, '--wait');
    expect([approved.code, approved.err]).toEqual([0, '']);
    expect(approved.out).toMatch(/: approved by .*\n(?:.*\n)*.*: completed/);
    expect(await waiting.ended()).toBe(0);
    const states = waiting.lines.map((line) => Action.parse(JSON.parse(line)).status);
    expect(states).toEqual(['pending', 'approved', 'dispatched', 'executing', 'completed']);
  },
);

test(
  'an action that ends otherwise than completed is exit code 5, one that does not end in time 6',
  SLOW,
  async () => {
    await using house = await openHouse();
    const { hub, agent, environment, homelabcmd } = house;
    agent.obey({ outcome: 'failed', code: 'exit-code', detail: 'It failed again.' });
    await using failing = new CommandProcess(['restart', 'nas', 'plex', '--wait'], environment);
    const [first = ''] = await failing.printed(1);
    await hub.call('POST', `/actions/${/#(\d+)/.exec(first)?.[1]}/approve`);
    expect(await failing.ended()).toBe(5);
    expect(failing.out).toMatch(/: failed: It failed again\.\n$/);
    agent.obey();
    const slow = await homelabcmd('restart', 'nas', 'sonarr', '--wait', '--timeout', '1');
    expect([slow.code, slow.err]).toEqual([6, expect.stringContaining('is still pending')]);
    const [, number] = /#(\d+)/.exec(slow.out) ?? [];
    // What has ended already is not waited for.
    await hub.call('POST', `/actions/${number}/reject`, { reason: 'Not while the film is on' });
    const late = await homelabcmd('approve', String(number), '--wait');
    expect([late.code, late.err]).toEqual([3, expect.stringContaining('(action_moved_on)')]);
  },
);

test('approving takes a key with that scope, and asking one with the other', SLOW, async () => {
  await using house = await openHouse();
  const { hub, environment } = house;
  const asker = { ...environment, HOMELABCMD_API_KEY: await keyWith(hub, 'asker', ['read', 'request']) };
  const asked = await ran(['restart', 'nas', 'sonarr'], asker);
  expect(asked.code).toBe(0);
  const [, number = ''] = /#(\d+)/.exec(asked.out) ?? [];
  const refused = await ran(['approve', number], asker);
  expect([refused.code, refused.err]).toEqual([
    3,
    expect.stringContaining('does not have the scope approve'),
  ]);
  expect((await hub.action(Number(number))).status).toBe('pending');
  const approver = {
    ...environment,
    HOMELABCMD_API_KEY: await keyWith(hub, 'approver', ['read', 'approve']),
  };
  expect((await ran(['approve', number], approver)).code).toBe(0);
  expect((await ran(['restart', 'nas', 'plex'], approver)).code).toBe(3);
});

test(
  'actions lists the newest first, by what is asked for, and hides nothing that a name hides',
  SLOW,
  async () => {
    await using house = await openHouse();
    const { hub, homelabcmd } = house;
    for (const name of ['plex', 'sonarr', EVIL]) await hub.restart('nas', name);
    const { code, out } = await homelabcmd('actions', '--status', 'pending');
    expect(code).toBe(0);
    expect(out).toMatch(
      /^ACTION {2}STATUS +SERVER +SERVICE +KIND +ASKED BY +AGO\n#\d+ +pending +nas +evil⟨U\+202E⟩⟨U\+001B⟩\[2J/,
    );
    const lines = (await homelabcmd('actions', '--json', '--limit', '3', '--server', 'nas')).out;
    for (const hidden of ['\u202E', '\u001B']) expect(lines).not.toContain(hidden);
    const found = lines
      .trimEnd()
      .split('\n')
      .map((line) => Action.parse(JSON.parse(line)));
    expect(found).toHaveLength(3);
    expect(found[0]?.service_name).toBe(EVIL);
    const none = await homelabcmd('actions', '--server', 'nowhere');
    expect([none.code, none.out]).toEqual([0, 'There is no such action.\n']);
  },
);

test.each([
  [['actions', '--status', 'asleep'], /"asleep" is no status/],
  [['actions', '--limit', '0'], /--limit takes 1 to 500/],
  [['approve', 'plex'], /An action has a number, such as 42/],
  [['restart', 'nas', 'plex', '--timeout', '5'], /--timeout is for --wait/],
  [['restart', 'nas', 'plex', '--wait', '--timeout', 'x'], /--timeout takes 1 to 604800 seconds/],
  [['restart', 'nas', 'plex', '--once', 'a b'], /--once takes 1 to 255 visible/],
  [['tail', '--since', 'yesterday'], /--since takes the number of an event/],
  [['status', '--key', API_KEY], /Unknown option '--key'/],
])('homelabcmd %j is called wrongly, and nothing is asked', async (words, sentence) => {
  const environment = { HOMELABCMD_HUB_URL: 'http://127.0.0.1:1', HOMELABCMD_API_KEY: API_KEY };
  const { code, out, err } = await inThisProcess(words, environment);
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(sentence);
});
