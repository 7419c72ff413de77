import { ACTION_KINDS } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { connectAgent, failedReport, report } from '../../../test/agent-fixture.ts';
import { disposableFolder, startTestHub } from '../../../test/hub-fixture.ts';
import { KINDS } from './registry.ts';

test('every kind of the protocol has rules, and each verb that they choose is one of the kind', () => {
  expect(Object.keys(KINDS).toSorted()).toEqual(Object.keys(ACTION_KINDS).toSorted());
  for (const [kind, rules] of Object.entries(KINDS) as [
    keyof typeof KINDS,
    (typeof KINDS)['restart_service'],
  ][])
    for (const seen of [null, report('a.service'), failedReport('a.service')])
      expect(ACTION_KINDS[kind].verbs).toContain(rules.verbFor(seen));
});

test('the store knows the kinds and verbs of the protocol, once each, however often the hub starts', async () => {
  using folder = disposableFolder();
  for (let start = 0; start < 2; start += 1) {
    await using hub = await startTestHub({ dataDir: folder.path });
    const known = hub.rows<{ kind: string; verb: string }>('SELECT kind, verb FROM action_verbs');
    const ours = Object.entries(ACTION_KINDS).flatMap(([kind, { verbs }]) =>
      verbs.map((verb) => ({ kind, verb })),
    );
    const inOrder = (pairs: { kind: string; verb: string }[]) =>
      pairs.map(({ kind, verb }) => `${kind} ${verb}`).toSorted();
    expect(inOrder(known)).toEqual(inOrder(ours));
  }
});

test('the store itself refuses an action of a kind or a verb that there is not', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  await hub.restart('nas', 'plex');
  for (const change of [`kind = 'reboot'`, `verb = 'stop'`]) {
    await expect(hub.write(`UPDATE actions SET ${change}`)).rejects.toThrow(/foreign key/i);
  }
});

test('a service that used up its start limit is reset before it is restarted', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  const { why } = failedReport('plex.service');
  agent.reports([
    failedReport('plex.service', { why: why && { ...why, start_limit_hit: true } }),
    failedReport('sonarr.service'),
  ]);
  await agent.settled();
  const verbOf = async (name: string) => (await hub.restart('nas', name)).body.verb;
  expect(await verbOf('plex')).toBe('reset-and-restart');
  expect(await verbOf('sonarr')).toBe('restart');
  expect(await verbOf('never-seen')).toBe('restart');
});
