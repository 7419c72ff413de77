import type { StoredEvent } from '../events/log.ts';
import { expect, test, vi } from 'vitest';
import { failedReport } from '../../test/agent-fixture.ts';
import { startTestAutomation, type TestAutomation } from '../../test/automation-fixture.ts';

const cursorOf = ({ parts }: TestAutomation) => parts.approver.cursor();
const eventsOf = ({ store, taken }: TestAutomation) => store.log.read(taken);
const idOfLast = (events: readonly StoredEvent[], type: StoredEvent['type']) =>
  events.findLast((event) => event.type === type)?.id;

test('while there is no policy a request is nobody’s work, and no reason to come to it later', async () => {
  await using fleet = await startTestAutomation();
  await fleet.report(failedReport('plex.service'));
  const { action_id } = await fleet.ask();
  await fleet.report(failedReport('web.service'));
  const events = await eventsOf(fleet);
  await fleet.parts.approver.takeAll(events);
  expect(await cursorOf(fleet)).toBe(idOfLast(events, 'action.requested'));
  await fleet.put('nightly');
  await fleet.settle();
  expect(await fleet.stepsOf(action_id)).toEqual(['pending']);
});

test('of all that comes at once each request is decided, and the cursor is behind the last', async () => {
  await using fleet = await startTestAutomation();
  for (const name of ['plex', 'web']) await fleet.report(failedReport(`${name}.service`));
  await fleet.put('nightly');
  await fleet.settle();
  const [first, second] = [await fleet.ask(), await fleet.ask('web')];
  const events = await eventsOf(fleet);
  await fleet.parts.approver.takeAll(events);
  expect((await fleet.action(first.action_id)).status).toBe('approved');
  expect(await fleet.stepsOf(second.action_id)).toEqual(['pending', 'waits_its_turn']);
  expect(await cursorOf(fleet)).toBe(idOfLast(events, 'action.requested'));
});

test('when one of them fails, those before it are not taken again', async () => {
  await using fleet = await startTestAutomation();
  for (const name of ['plex', 'web']) await fleet.report(failedReport(`${name}.service`));
  await fleet.put('nightly');
  await fleet.settle();
  await fleet.ask('unseen');
  const second = await fleet.ask('web');
  const events = await eventsOf(fleet);
  const run = fleet.store.log.transaction.bind(fleet.store.log);
  const transaction = vi.spyOn(fleet.store.log, 'transaction');
  transaction
    .mockImplementationOnce((work) => run(work))
    .mockRejectedValueOnce(new Error('the disk is full'));
  await expect(fleet.parts.approver.takeAll(events)).rejects.toThrow('the disk is full');
  expect(await cursorOf(fleet)).toBe(events.find(({ type }) => type === 'action.requested')?.id);
  transaction.mockClear();
  await fleet.parts.approver.takeAll(events);
  expect(transaction).toHaveBeenCalledTimes(1);
  expect((await fleet.action(second.action_id)).status).toBe('approved');
});

test('the cursor says how far all has come, and not how far what was nobody’s work had come before', async () => {
  await using fleet = await startTestAutomation();
  await fleet.report(failedReport('plex.service'));
  await fleet.put('nightly');
  await fleet.settle();
  await fleet.ask();
  const [requested] = await eventsOf(fleet);
  const [other] = await fleet.store.log.read(0);
  if (requested === undefined || other === undefined) throw new Error('nothing has happened');
  await fleet.parts.approver.takeAll([
    { ...other, id: 200 },
    { ...requested, id: 201 },
    { ...other, id: 202 },
  ]);
  expect(await cursorOf(fleet)).toBe(201);
});
