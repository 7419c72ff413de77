import { Client, type ClientConfig, Pool, types } from 'pg';

/** How long the server has to take a connection. Whoever waits for one of the pool waits for as long as it takes. */
const CONNECT_WITHIN_MS = 10_000;
/** A statement of the hub takes milliseconds. An answer that is this late is never coming: the network is cut. */
const ANSWER_WITHIN_MS = 30_000;
/** A hub that stands still in the midst of a transaction, a suspended machine, must not hold up the others for ever. */
const IDLE_IN_TRANSACTION_MS = 60_000;
/** One works in a transaction, the others read. */
const MOST_CONNECTIONS = 10;

/** What 64 bits become: a number, or, for who must see what somebody put there, what it is. */
export type Integers = 'numbers' | 'exact';

const INT8 = 20;

/** @throws RangeError at a number that JavaScript would change */
function safeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`The store holds a number too great: ${text}`);
  return value;
}

function typesOf(integers: Integers): NonNullable<ClientConfig['types']> {
  const parseInt8 = integers === 'exact' ? BigInt : safeNumber;
  return {
    getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
      oid === INT8 && format !== 'binary'
        ? parseInt8
        : types.getTypeParser(oid, format as 'text')) as typeof types.getTypeParser,
  };
}

function configOf(url: string, integers: Integers): ClientConfig {
  return {
    connectionString: url,
    application_name: 'homelabcmd',
    types: typesOf(integers),
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
  };
}

/** The pool's own limit would count the wait for a transaction that is under way. */
class PatientClient extends Client {
  constructor(config?: ClientConfig) {
    super({ ...config, connectionTimeoutMillis: CONNECT_WITHIN_MS });
  }
}

/** Connections for the hub's work. */
export function makePool(url: string, integers: Integers = 'numbers'): Pool {
  const pool = new Pool({
    ...configOf(url, integers),
    Client: PatientClient,
    connectionTimeoutMillis: 0,
    query_timeout: ANSWER_WITHIN_MS,
    max: MOST_CONNECTIONS,
    idleTimeoutMillis: 300_000,
  });
  // A connection that ends tells it twice: to who waits for an answer, and as an event that nobody else hears.
  pool.on('connect', (client) => client.on('error', () => {}));
  pool.on('error', () => {});
  return pool;
}

/** One connection for what takes as long as it takes: changes of the schema. */
export function makeSinglePool(url: string): Pool {
  const pool = new Pool({ ...configOf(url, 'numbers'), idle_in_transaction_session_timeout: 0, max: 1 });
  pool.on('connect', (client) => client.on('error', () => {}));
  pool.on('error', () => {});
  return pool;
}

/** A connection of its own, not of a pool. It is not connected yet. */
export function makeClient(url: string): Client {
  const client = new Client({ ...configOf(url, 'numbers'), query_timeout: ANSWER_WITHIN_MS });
  client.on('error', () => {});
  return client;
}

/** Where a database is, without a name or a password: for logs and people. */
export function placeOf(url: string): string {
  const { host, port, database } = makeClient(url);
  return `${database ?? ''} at ${host}${host.startsWith('/') ? '' : `:${port}`}`;
}
