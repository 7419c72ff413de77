import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SOCKET = '.s.PGSQL.5432';
/** A commit as the driver sends it: a simple query of eleven bytes. */
const COMMIT = 'Q\0\0\0\u000bcommit\0';

/** What is done with the answer to a commit that the server has carried out. */
type Fate = 'held' | 'lost';

export interface CaughtCommit {
  /** Resolves when the server has answered, so that the commit is done. */
  readonly done: Promise<void>;
  /** Lets a held answer go on its way. */
  release(): void;
}

interface Trap {
  readonly word: string;
  readonly fate: Fate;
  readonly done: () => void;
  readonly released: Promise<void>;
}

/** Stands between a hub and PostgreSQL, and decides when the hub hears that a commit was done. */
export class Relay implements AsyncDisposable {
  readonly #folder: string;
  readonly #target: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #traps: Trap[] = [];

  private constructor(folder: string, target: string) {
    this.#folder = folder;
    this.#target = target;
    this.#server = createServer((client) => this.#join(client));
  }

  /** @param url a database at a socket */
  static async open(url: string): Promise<Relay> {
    const { hostname } = new URL(url);
    const relay = new Relay(
      mkdtempSync(join(tmpdir(), 'hub-relay-')),
      join(decodeURIComponent(hostname), SOCKET),
    );
    await new Promise<void>((resolve) => relay.#server.listen(join(relay.#folder, SOCKET), resolve));
    return relay;
  }

  /** The same database, through the relay. */
  through(url: string): string {
    return url.replace(/@[^/]*/, `@${encodeURIComponent(this.#folder)}`);
  }

  /** The next commit of a transaction in which this word was sent is carried out, and its answer has this fate. */
  catchCommit(word: string, fate: Fate): CaughtCommit {
    const done = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    this.#traps.push({ word, fate, done: done.resolve, released: released.promise });
    return { done: done.promise, release: released.resolve };
  }

  #join(client: Socket): void {
    const server = connect(this.#target);
    let trap: Trap | undefined;
    let said = '';
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(one);
      one.on('error', () => {});
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
    }
    client.on('data', (bytes) => {
      said += bytes.toString('latin1');
      if (bytes.includes(COMMIT)) {
        trap = this.#take(said);
        said = '';
      }
      server.write(bytes);
    });
    server.on('data', (bytes) => {
      const caught = trap;
      trap = undefined;
      if (caught === undefined) client.write(bytes);
      else void this.#meet(caught, client, bytes);
    });
  }

  #take(said: string): Trap | undefined {
    const index = this.#traps.findIndex(({ word }) => said.includes(word));
    return index < 0 ? undefined : this.#traps.splice(index, 1)[0];
  }

  async #meet({ fate, done, released }: Trap, client: Socket, answer: Buffer): Promise<void> {
    done();
    if (fate === 'lost') client.destroy();
    else {
      await released;
      client.write(answer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.#folder, { recursive: true });
  }
}
