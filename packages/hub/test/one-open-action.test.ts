import { Agent, request } from 'node:http';
import { type Action, Problem } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { API_KEY, startTestHub, type TestHub } from './hub-fixture.ts';
import { isOnPostgres } from './postgres/databases.ts';

const AT_ONCE = 100;
const ROUNDS = isOnPostgres() ? 10 : 50;

test('two requests at the same instant: one 201, one 409. Always. (100 at once, round after round)', {
  timeout: 60_000,
}, async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  using client = new Client(hub);
  for (let round = 1; round <= ROUNDS; round += 1) {
    const answers = await Promise.all(
      Array.from({ length: AT_ONCE }, (_, n) =>
        client.post(`/servers/nas/services/${n % 2 === 0 ? 'plex' : 'plex.service'}/restart`),
      ),
    );
    const made = answers.filter((answer) => answer.status === 201);
    const refused = answers
      .filter((answer) => answer.status === 409)
      .map((answer) => Problem.parse(answer.body));
    expect(made).toHaveLength(1);
    const [action_id] = made.map((answer) => (answer.body as Action).action_id);
    expect(refused).toHaveLength(AT_ONCE - 1);
    expect(new Set(refused.map((problem) => problem.existing_action_id))).toEqual(new Set([action_id]));
    expect((await client.post(`/actions/${action_id}/cancel`)).status).toBe(200);
  }
  expect(hub.rows('SELECT count(*) AS made FROM actions')).toEqual([{ made: ROUNDS }]);
  expect(hub.faults).toEqual([]);
});

test('100 approvals at once: one wins, the others are told that it has moved on, and one order goes out', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  using client = new Client(hub);
  const { body } = await hub.restart('nas', 'plex');
  const answers = await Promise.all(
    Array.from({ length: AT_ONCE }, () => client.post(`/actions/${body.action_id}/approve`)),
  );
  expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
  const refused = answers
    .filter((answer) => answer.status === 409)
    .map((answer) => Problem.parse(answer.body));
  expect(refused).toHaveLength(AT_ONCE - 1);
  expect(new Set(refused.map((problem) => problem.action_status))).toEqual(new Set(['approved']));
  expect(hub.rows("SELECT count(*) AS n FROM events WHERE type = 'action.approved'")).toEqual([{ n: 1 }]);
});

/** Many connections that stay open, so that a round is one burst. */
class Client implements Disposable {
  readonly #hub: TestHub;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

  constructor(hub: TestHub) {
    this.#hub = hub;
  }

  post(path: string): Promise<{ status: number; body: unknown }> {
    const { hostname, port } = new URL(this.#hub.url);
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          agent: this.#agent,
          hostname,
          port,
          path: `/api/v1${path}`,
          method: 'POST',
          headers: { 'x-api-key': API_KEY },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => {
            text += chunk;
          });
          response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }));
        },
      );
      sent.on('error', reject).end();
    });
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}
