import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { api } from '@homelabcmd/protocol';
import { countingService } from '../../lab/index.ts';
import type { House } from '../../test/house/house.ts';
import { nowMs } from '../page-clock.ts';
import { distributionOf, type Finding, forComparison, milliseconds } from '../statistics.ts';

/** Each service stops once: one that comes and goes is told of less often. */
const ROUNDS = 40;
const LIMIT_MS = 250;
const ANSWER_WITHIN_MS = 30_000;
const SERVICES = Array.from({ length: ROUNDS }, (_, n) => `told-${n + 1}`);

/** A receiver that says when a message about a service came in whole. */
class Receiver implements AsyncDisposable {
  readonly #server: Server;
  readonly #waiting = new Map<string, (atMs: number) => void>();

  private constructor() {
    this.#server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => void pieces.push(piece));
      request.on('end', () => {
        const atMs = nowMs();
        response.writeHead(200).end();
        this.#arrived(Buffer.concat(pieces).toString(), atMs);
      });
    });
  }

  static async start(): Promise<Receiver> {
    const receiver = new Receiver();
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** When something comes in that names it. @throws when nothing does */
  next(name: string): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const late = setTimeout(() => reject(new Error(`Nobody was told of ${name}.`)), ANSWER_WITHIN_MS);
    this.#waiting.set(name, (atMs) => {
      clearTimeout(late);
      resolve(atMs);
    });
    return promise;
  }

  #arrived(body: string, atMs: number): void {
    const headings = (JSON.parse(body) as { told: { heading: string }[] }).told.map(({ heading }) => heading);
    for (const [name, tell] of this.#waiting) {
      if (!headings.some((heading) => heading.split(/[^\w-]/).includes(name))) continue;
      this.#waiting.delete(name);
      tell(atMs);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}

/** From the SIGKILL of a service's main process to the message that the receiver has whole, and a bare HTTP request beside it. */
export async function benchTold(house: House): Promise<Finding[]> {
  await using receiver = await Receiver.start();
  const server = await house.addServer('told-01', {
    units: Object.fromEntries(SERVICES.map((name) => [`${name}.service`, countingService(name)])),
    enable: SERVICES.map((name) => `${name}.service`),
    expect: SERVICES,
  });
  await withoutGrace(house);
  const toldMs: number[] = [];
  const bareMs: number[] = [];
  for (const name of SERVICES) {
    await house.untilService(server.name, name, ({ status }) => status === 'running');
    const pid = await server.mainPid(`${name}.service`);
    // A channel that has just told something gathers what comes next: each round has one of its own.
    const body = { name, kind: 'webhook' as const, settings: { url: receiver.url } };
    const { channel_id } = await house.client.call(api.createChannel, { body });
    const told = receiver.next(name);
    const killedMs = nowMs();
    process.kill(pid, 'SIGKILL');
    toldMs.push((await told) - killedMs);
    await house.client.call(api.deleteChannel, { params: { channel_id } });
    // The third of a server that is down within ten seconds is waited with: it may be the beginning of something larger.
    await server.exec(['systemctl', 'start', `${name}.service`]);
    await house.untilService(server.name, name, ({ status }) => status === 'running');
    bareMs.push(await bareRequest(receiver, name));
  }
  const told = distributionOf(toldMs);
  return [
    {
      ...{ bar: 'D4', what: 'SIGKILL → message handed to the receiver', figure: milliseconds(told) },
      ...{ limit: `p95 ≤ ${LIMIT_MS} ms`, isReached: told.p95 <= LIMIT_MS },
    },
    forComparison({
      ...{ bar: 'D4', what: 'a bare HTTP request to the same receiver' },
      figure: milliseconds(distributionOf(bareMs)),
    }),
  ];
}

/** A service that stops is told of at once. */
async function withoutGrace({ client }: House): Promise<void> {
  const params = { alert_kind: 'service_down' as const };
  const { alert_rules } = await client.call(api.listAlertRules, {});
  const rule = alert_rules.find(({ kind }) => kind === params.alert_kind);
  if (rule === undefined) throw new Error('There is no rule for services');
  await client.call(api.putAlertRule, { params, body: { ...rule.settings, for_ms: 0 } });
}

async function bareRequest(receiver: Receiver, name: string): Promise<number> {
  const arrived = receiver.next(name);
  const startedMs = nowMs();
  await fetch(receiver.url, { method: 'POST', body: JSON.stringify({ told: [{ heading: name }] }) });
  return (await arrived) - startedMs;
}
