import { isOpen } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { actionTold, anAction, aService, serverDeleted, serviceChanged } from '../testing/things.ts';
import { reduceAction, reduceActions } from './actions.ts';

const open = (action: { status: Parameters<typeof isOpen>[0] }) => isOpen(action.status);
const pending = anAction({ revision: 10 });

test('a new one stands first', () => {
  const next = reduceActions(
    [pending],
    actionTold(11, 'action.requested', anAction({ action_id: 43 })),
    open,
  );
  expect(next.map((action) => action.action_id)).toEqual([43, 42]);
});

test('one that is over leaves the open ones', () => {
  const fact = actionTold(11, 'action.rejected', anAction({ status: 'rejected' }));
  expect(reduceActions([pending], fact, open)).toEqual([]);
});

test('a copy that came late changes nothing', () => {
  const executing = anAction({ status: 'executing', revision: 12 });
  const late = actionTold(11, 'action.approved', anAction({ status: 'approved' }));
  const list = [executing];
  expect(reduceActions(list, late, open)).toBe(list);
  expect(reduceAction(executing, late)).toBe(executing);
});

test('facts about other things leave the list as it is', () => {
  const list = [pending];
  expect(reduceActions(list, serviceChanged(11, aService()), open)).toBe(list);
});

test('a deleted server takes its actions along', () => {
  expect(reduceActions([pending], serverDeleted(11, 'media-01'), open)).toEqual([]);
});
