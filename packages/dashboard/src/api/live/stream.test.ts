import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { hub, json, knowing } from '../../testing/hub.ts';
import { FakeSource } from '../../testing/page.tsx';
import { NOBODY, aServer } from '../../testing/things.ts';
import { http } from 'msw';
import { makeQueryClient } from '../query-client.ts';
import { serversQuery } from '../servers.ts';
import { Stream } from './stream.ts';

beforeEach(() => {
  FakeSource.all = [];
  vi.useFakeTimers({ shouldAdvanceTime: true });
  knowing({ servers: [aServer()] });
});
afterEach(() => {
  vi.useRealTimers();
});

function setUp() {
  const client = makeQueryClient(() => undefined);
  const onSignedOut = vi.fn<() => void>();
  const stream = new Stream({ client, onSignedOut, makeSource: (url) => new FakeSource(url) });
  stream.open();
  const source = () => FakeSource.all.at(-1) as FakeSource;
  const state = () => stream.connection.get().state;
  return { client, stream, source, state, onSignedOut };
}

test('it opens the one address of events and is live with the first hello', () => {
  using page = setUp().stream;
  expect(FakeSource.all.map(({ url }) => url)).toEqual(['/api/v1/events']);
  expect(page.connection.get().state).toBe('connecting');
  FakeSource.all[0]?.hello();
  expect(page.connection.get().state).toBe('live');
});

test('it is lost after 15 s of silence, and opens a new stream; a beat keeps it live', () => {
  const { stream, source, state } = setUp();
  using _ = stream;
  source().hello();
  vi.advanceTimersByTime(14_000);
  source().send('beat', { at: new Date().toISOString() });
  vi.advanceTimersByTime(14_000);
  expect(state()).toBe('live');
  vi.advanceTimersByTime(2_000);
  expect(state()).toBe('lost');
  expect(FakeSource.all).toHaveLength(2);
});

test('while the browser tries again by itself no second stream is opened', () => {
  const { stream, source, state } = setUp();
  using _ = stream;
  source().hello();
  source().fail(false);
  expect(state()).toBe('lost');
  vi.advanceTimersByTime(10_000);
  expect(FakeSource.all).toHaveLength(1);
  source().hello({ resumed: true });
  expect(state()).toBe('live');
});

test('where the browser gave up, it opens a new stream by itself', () => {
  const { stream, source } = setUp();
  using _ = stream;
  source().hello();
  source().fail(true);
  vi.advanceTimersByTime(5_000);
  expect(FakeSource.all).toHaveLength(2);
});

test('a stream that is refused because the session ended says so', async () => {
  hub.use(http.get('*/api/v1/session', () => json(NOBODY, 200)));
  const { stream, source, onSignedOut } = setUp();
  using _ = stream;
  source().fail(true);
  await vi.waitFor(() => expect(onSignedOut).toHaveBeenCalledOnce());
});

test('a stream that could not go on where it was makes the lists be read again; one that could does not', async () => {
  const { stream, source, client } = setUp();
  using _ = stream;
  const isOld = () => client.getQueryState(serversQuery.queryKey)?.isInvalidated;
  source().hello();
  await client.fetchQuery(serversQuery);
  const observe = client.getQueryCache().find({ queryKey: serversQuery.queryKey });
  source().hello({ resumed: true, head: 120 });
  expect(isOld()).toBe(false);
  source().hello({ resumed: false, head: 120 });
  expect(client.getQueryCache().find({ queryKey: serversQuery.queryKey })).not.toBe(observe);
});

test('messages of a stream that was replaced are not heard', () => {
  const { stream, source, state } = setUp();
  using _ = stream;
  const old = source();
  old.hello();
  old.fail(false);
  stream.open();
  old.hello();
  expect(state()).toBe('lost');
});
