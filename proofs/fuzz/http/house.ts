import { API_BASE, Role, type Scope } from '@homelabcmd/protocol';
import { HARNESS_KEY } from '../ground/hub-process.ts';
import type { Known } from './values.ts';

/** As whom an operation is asked. */
export const CALLERS = ['anonymous', ...Role.options, 'key'] as const;
export type CallerName = (typeof CALLERS)[number];

const PASSWORD = 'correct horse battery staple';
const KEY_SCOPES: readonly Scope[] = ['read', 'request'];
/** A proof of who it is has to be younger than five minutes for the most that there is. */
const RENEWED_AFTER_MS = 4 * 60_000;
/** So many requests may take away what they like before it is put back. */
const TIDY_AFTER = 400;
const SERVERS = ['nas', 'attic', 'media'];
const SERVICES = ['plex', 'sonarr', 'web', 'ssh'];

type Credentials = readonly (readonly [string, string])[];

interface Caller {
  readonly credentials: Credentials;
  readonly sinceMs: number;
}

interface Said {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/**
 * The people, keys, servers and things of the hub that is asked. What the requests take away is put back: who was signed out signs in
 * again, who was removed comes again as somebody else.
 */
export class House {
  readonly #url: string;
  readonly #callers = new Map<CallerName, Caller>();
  readonly #known = new Map<string, readonly unknown[]>();
  #count = 0;
  #tidyFrom = 0;

  constructor(url: string) {
    this.#url = url;
  }

  /** What this caller shows. Somebody who is not signed in any more is, when this returns. */
  async credentialsOf(name: CallerName, isAnew = false): Promise<Credentials> {
    const caller = this.#callers.get(name);
    if (caller !== undefined && !isAnew && performance.now() - caller.sinceMs < RENEWED_AFTER_MS)
      return caller.credentials;
    const credentials =
      name === 'anonymous' ? [] : name === 'key' ? await this.#newKey() : await this.#newPerson(name);
    this.#callers.set(name, { credentials, sinceMs: performance.now() });
    return credentials;
  }

  /** Whether the hub still knows this caller, by what it showed last, as who it is. */
  async isKnown(name: CallerName): Promise<boolean> {
    if (name === 'anonymous') return true;
    const { credentials } = this.#callers.get(name) ?? { credentials: [] };
    if (credentials.length === 0) return false;
    const { status, body } = await this.#send('GET', '/session', undefined, credentials);
    const principal = body['principal'] as { role: Role | null } | null | undefined;
    return (
      status === 200 &&
      principal !== null &&
      principal !== undefined &&
      (name === 'key' || principal.role === name)
    );
  }

  async #newPerson(role: Role): Promise<Credentials> {
    const name = `${role} ${this.#next()}`;
    const invited = await this.#must(201, 'POST', '/users', { name, role });
    const joined = await this.#must(
      200,
      'POST',
      '/invitation',
      { token: invited.body['token'], password: PASSWORD },
      [],
    );
    return [['cookie', joined.headers.get('set-cookie')?.split(';')[0] ?? '']];
  }

  async #newKey(): Promise<Credentials> {
    const made = await this.#must(201, 'POST', '/keys', { name: `key ${this.#next()}`, scopes: KEY_SCOPES });
    return [['x-api-key', String(made.body['secret'])]];
  }

  /** Puts back what is missing, and looks what there is to name. @param asked how many requests there were */
  async tidy(asked: number): Promise<void> {
    if (asked < this.#tidyFrom) return;
    this.#tidyFrom = asked + TIDY_AFTER;
    for (const server_id of SERVERS) await this.#send('POST', '/servers', { server_id });
    const services = SERVICES.map((service_name) => ({ service_name }));
    for (const id of SERVERS) await this.#send('POST', `/servers/${id}/services/bulk`, { services });
    await this.#send('PUT', '/freeze', { on: false });
    await this.#send('POST', `/servers/nas/services/${SERVICES[this.#next() % SERVICES.length]}/restart`);
    const invited = await this.#send('POST', '/users', { name: `invited ${this.#next()}`, role: 'viewer' });
    const list = async (path: string, noun: string) => {
      const { body } = await this.#send('GET', path);
      return (Array.isArray(body[noun]) ? body[noun] : []) as Record<string, unknown>[];
    };
    const [users, keys, sessions, policies, actions, people] = await Promise.all([
      list('/users?limit=30&offset=0', 'users'),
      list('/keys?limit=30', 'keys'),
      list('/sessions?limit=30&whose=all', 'sessions'),
      list('/policies?limit=30', 'policies'),
      list('/actions?limit=10', 'actions'),
      list('/actions?limit=10&status=pending', 'actions'),
    ]);
    const open = [...people, ...actions];
    const all: Record<string, readonly unknown[]> = {
      ...{ server_id: SERVERS, service_name: [...SERVICES, 'plex.service'], password: [PASSWORD] },
      user_id: users.map((one) => one['user_id']),
      key_id: keys.map((one) => one['key_id']),
      session_id: sessions.map((one) => one['session_id']),
      policy_name: [...policies.map((one) => one['name']), 'nights'],
      action_id: open.map((one) => one['action_id']),
      digest: open.map((one) => one['digest']),
      name: users.map((one) => one['name']),
      token: [invited.body['token']],
      ...{ cursor: [5, 50], after: [5, 50], api_key: [HARNESS_KEY.slice(1)], passkey_id: ['pk_none'] },
    };
    for (const [kind, values] of Object.entries(all)) this.#known.set(kind, values);
  }

  readonly find = ({ kind, nth }: Known): unknown => {
    const values = this.#known.get(kind) ?? [];
    return values.length === 0 ? `no ${kind}` : values[nth % values.length];
  };

  #next(): number {
    this.#count += 1;
    return this.#count;
  }

  async #must(status: number, ...given: Parameters<House['send']>): Promise<Said> {
    const said = await this.#send(...given);
    if (said.status === status) return said;
    throw new Error(`${given[0]} ${given[1]} was answered with ${said.status}: ${JSON.stringify(said.body)}`);
  }

  async #send(
    method: string,
    path: string,
    body?: unknown,
    credentials: Credentials = [['x-api-key', HARNESS_KEY]],
  ): Promise<Said> {
    return this.send(method, path, body, credentials);
  }

  /** As the one who plays, unless it is said as whom. */
  async send(
    method: string,
    path: string,
    body?: unknown,
    credentials: Credentials = [['x-api-key', HARNESS_KEY]],
  ): Promise<Said> {
    // From an address that nobody else has: the wrong answers of others do not count here.
    const from = `10.${(this.#count >> 16) & 255}.${(this.#count >> 8) & 255}.${this.#count & 255}`;
    this.#count += 1;
    const response = await fetch(`${this.#url}${API_BASE}${path}`, {
      method,
      headers: [
        ...credentials.map(([name, value]): [string, string] => [name, value]),
        ['x-forwarded-for', from],
        ...(body === undefined ? [] : [['content-type', 'application/json'] as [string, string]]),
      ],
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? (JSON.parse(text) as Record<string, unknown>) : {},
    };
  }
}
