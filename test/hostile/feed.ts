import { api, ServiceName } from '@homelabcmd/protocol';
import { type ApiClient, ProblemAnswer } from '@homelabcmd/testkit';
import { hostileTexts } from '@homelabcmd/testkit/hostile';
import {
  connectLyingAgent,
  factsOf,
  type LyingAgent,
  reportOf,
  resultOf,
} from '@homelabcmd/testkit/lying-agent';

export const SERVER = 'lies';
/** So many lines does the page of a server show of one service. */
const JOURNAL_LINES = 8;
/** Services whose last lines are together every text there is. */
const WITH_JOURNAL = Math.ceil(hostileTexts.length / JOURNAL_LINES);

/** The lines of the nth of those services, and of the nth order. */
const linesOf = (nth: number): readonly string[] =>
  hostileTexts.slice((nth % WITH_JOURNAL) * JOURNAL_LINES, ((nth % WITH_JOURNAL) + 1) * JOURNAL_LINES);

/** Names of services that a person may type and a server report. */
export const hostileNames = hostileTexts.filter((text) => ServiceName.safeParse(text).success);

/** How many texts each place took, and how many it refused with a clear error. */
export class Tally {
  readonly taken = new Map<string, number>();
  readonly refused = new Map<string, number>();

  took(place: string, count = 1): void {
    this.taken.set(place, (this.taken.get(place) ?? 0) + count);
  }

  /** @throws what is neither an answer nor a refusal of what was sent */
  async offer(place: string, send: () => Promise<unknown>): Promise<void> {
    try {
      await send();
      this.took(place);
    } catch (error) {
      if (!(error instanceof ProblemAnswer) || error.status >= 500) throw error;
      this.refused.set(place, (this.refused.get(place) ?? 0) + 1);
    }
  }
}

export async function connectLiar(hubUrl: string, client: ApiClient): Promise<LyingAgent> {
  const { token } = await client.call(api.enrolServer, { params: { server_id: SERVER } });
  return connectLyingAgent(hubUrl, token, factsOf('Debian'), (nth) =>
    resultOf(hostileTexts[nth % hostileTexts.length] ?? '', linesOf(nth)),
  );
}

/** What a server says: every text in every word of it. */
export async function reportAll(agent: LyingAgent, tally: Tally): Promise<void> {
  for (const [nth, text] of hostileTexts.entries()) {
    const reports = [reportOf(`h${nth}.service`, text, nth < WITH_JOURNAL ? linesOf(nth) : [])];
    if (ServiceName.safeParse(text).success) reports.push(reportOf(text, text, [text]));
    agent.send({ v: 2, type: 'services', complete: false, reports });
    agent.send({ v: 2, type: 'facts', facts: factsOf(text) });
    const sample = {
      ...NO_READINGS,
      disks: [{ mount: text.slice(0, 255), used_bytes: 1, total_bytes: 2 }],
      disk_io: [{ device: text.slice(0, 64), read_bytes_per_second: 1, written_bytes_per_second: 2 }],
      network: [{ interface: text.slice(0, 64), received_bytes_per_second: 1, sent_bytes_per_second: 2 }],
      temperatures: [{ sensor: text.slice(0, 128), celsius: 40 }],
    };
    const usage = { unit: text.slice(0, 255), pid: null, memory_bytes: 1, cpu_percent: 1 };
    agent.send({ v: 2, type: 'metrics', sample, services: [usage] });
    if (nth % 20 === 0) await agent.settled();
  }
  await agent.settled();
  const every = hostileTexts.length;
  for (const place of [
    'description',
    'journal line',
    'identifier',
    'unit states',
    'restart rules',
    'facts',
    'disk',
  ])
    tally.took(place, every);
  tally.took('unit', hostileNames.length);
}

const NO_READINGS = {
  ...{ cpu_percent: null, load_1m: null, load_5m: null, load_15m: null, uptime_seconds: null },
  ...{ memory_used_bytes: null, memory_total_bytes: null, swap_used_bytes: null, swap_total_bytes: null },
};

/** What people write: every text in every field. */
export async function writeAll(client: ApiClient, tally: Tally): Promise<void> {
  const params = { server_id: SERVER };
  const half = Math.ceil(hostileNames.length / 2);
  for (const names of [hostileNames.slice(0, half), hostileNames.slice(half)])
    await client.call(api.expectServices, {
      params,
      body: { services: names.map((service_name) => ({ service_name })) },
    });
  tally.took('expected names', hostileNames.length);
  for (const [nth, text] of hostileTexts.entries()) {
    await tally.offer('name of a server', () =>
      client.call(api.changeServer, { params, body: { display_name: text.slice(0, 100) } }),
    );
    await tally.offer('tag', () => client.call(api.changeServer, { params, body: { tags: [text] } }));
    await tally.offer('maintenance', () =>
      client.call(api.setMaintenance, { params, body: { on: nth % 2 === 0, reason: text.slice(0, 500) } }),
    );
    await tally.offer('name of a service', () =>
      client.call(api.changeService, {
        params: { ...params, service_name: hostileNames[nth % hostileNames.length] ?? '' },
        body: { display_name: text.slice(0, 100) },
      }),
    );
    await tally.offer('key', () => client.call(api.createKey, { body: { name: text } }));
    await tally.offer('person', () => client.call(api.createUser, { body: { name: text, role: 'viewer' } }));
    await tally.offer('freeze', () =>
      client.call(api.setFreeze, { body: { on: true, reason: text.slice(0, 500) } }),
    );
    await tally.offer('policy', () =>
      client.call(api.putPolicy, {
        params: { policy_name: `p${nth % 40}` },
        body: { mode: 'manual', server_id: SERVER, service_name: text },
      }),
    );
  }
  await client.call(api.setFreeze, { body: { on: false } });
}

/** Asks for restarts of services that are called so, and rejects them for such reasons. @returns those that wait */
export async function askAll(client: ApiClient, tally: Tally): Promise<number[]> {
  const waiting: number[] = [];
  for (const [nth, service_name] of hostileNames.entries()) {
    await tally.offer('request', async () => {
      const params = { server_id: SERVER, service_name };
      const { action_id } = await client.call(api.requestAction, {
        params,
        body: { action_type: 'restart_service' },
      });
      if (nth % 20 === 0) return void waiting.push(action_id);
      const reason = (hostileTexts[nth] ?? '').slice(0, 500);
      await tally.offer('reason', () =>
        client.call(api.rejectAction, { params: { action_id }, body: { reason } }),
      );
    });
  }
  return waiting;
}

/** Restarts that are carried out, and end in the words of the server. @returns their numbers */
export async function carryOut(client: ApiClient, tally: Tally): Promise<number[]> {
  const done: number[] = [];
  for (let nth = 0; nth < 2 * WITH_JOURNAL; nth += 1) {
    const params = { server_id: SERVER, service_name: `h${nth}` };
    const { action_id } = await client.call(api.requestAction, {
      params,
      body: { action_type: 'restart_service' },
    });
    await client.call(api.approveAction, { params: { action_id } });
    done.push(action_id);
  }
  tally.took('result', done.length);
  return done;
}
