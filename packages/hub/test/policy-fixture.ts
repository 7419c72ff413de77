import type { Policy, Problem } from '@homelabcmd/protocol';
import { expect } from 'vitest';
import type { Answer, TestHub } from './hub-fixture.ts';

/** A policy of nas that approves by itself for a month. */
export const autoPolicy = (change: Record<string, unknown> = {}) => ({
  server_id: 'nas',
  mode: 'auto',
  expires_at: new Date(Date.now() + 30 * 86_400_000).toISOString(),
  ...change,
});

export const putPolicy = <T = Policy>(hub: TestHub, name: string, policy: object): Promise<Answer<T>> =>
  hub.call<T>('PUT', `/policies/${name}`, policy);

/** Calls the hub with a key of this name. */
export async function callerOf(hub: TestHub, name: string) {
  const { body } = await hub.call<{ secret: string }>('POST', '/keys', {
    name,
    scopes: ['read', 'request', 'approve', 'admin'],
  });
  return <T = Problem>(method: string, path: string, sent?: unknown): Promise<Answer<T>> =>
    hub.call<T>(method, path, sent, { 'x-api-key': body.secret });
}

/** Waits until the policies have taken in every request so far. */
export const decided = (hub: TestHub): Promise<void> =>
  expect
    .poll(() =>
      hub.rows(`SELECT id FROM events WHERE type = 'action.requested' AND id >
        (SELECT event_id FROM follower_cursors WHERE follower = 'policies')`),
    )
    .toEqual([]);
