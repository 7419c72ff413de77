import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

/** Somebody whom the provider knows. */
export interface Account {
  readonly sub: string;
  readonly preferred_username: string;
  readonly groups: readonly string[];
}

/** A real OpenID Connect provider on loopback, and a browser that signs in there. */
export interface TestProvider extends AsyncDisposable {
  readonly issuer: string;
  readonly accounts: Map<string, Account>;
  /** Goes where the hub has sent the browser, signs in there as `sub`, and comes back. @returns the way back */
  signIn(url: string, sub: string): Promise<URL>;
}

const SECRET = 'the secret of the hub at the provider';
export const CLIENT = { clientId: 'homelabcmd', clientSecret: SECRET };

export async function startProvider(redirectUri: () => string): Promise<TestProvider> {
  const accounts = new Map<string, Account>();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.clientId,
        client_secret: SECRET,
        redirect_uris: [redirectUri()],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    claims: { openid: ['sub'], profile: ['preferred_username', 'groups'], email: [] },
    cookies: { keys: ['a key of the tests'] },
    features: { devInteractions: { enabled: true } },
    findAccount: (_context: unknown, sub: string) => {
      const account = accounts.get(sub);
      return account && { accountId: sub, claims: () => ({ ...account }) };
    },
  });
  const listener = provider.callback();
  server.on('request', (request, response) => void listener(request, response));
  return {
    issuer,
    accounts,
    signIn: (url, sub) => new Visit(redirectUri()).signIn(url, sub),
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** A browser with cookies of its own that follows redirects and fills in the provider's two forms. */
class Visit {
  readonly #cookies = new Map<string, string>();
  readonly #home: string;

  constructor(home: string) {
    this.#home = home;
  }

  async signIn(url: string, sub: string): Promise<URL> {
    let at = await this.#go(new URL(url));
    const forms: Record<string, string>[] = [
      { prompt: 'login', login: sub, password: 'any' },
      { prompt: 'consent' },
    ];
    for (const form of forms) {
      if (!at.pathname.startsWith('/interaction/')) break;
      at = await this.#go(at, new URLSearchParams(form));
    }
    return at;
  }

  /** Follows until something is shown, or the way leads home. */
  async #go(url: URL, form?: URLSearchParams): Promise<URL> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: { cookie },
      ...(form ? { method: 'POST', body: form } : {}),
    });
    for (const set of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      this.#cookies.set(name, value);
    }
    const location = answer.headers.get('location');
    if (location === null) return url;
    const next = new URL(location, url);
    return next.href.startsWith(this.#home) ? next : this.#go(next);
  }
}
