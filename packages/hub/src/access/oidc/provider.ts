import type { Role } from '@homelabcmd/protocol';
import * as oidc from 'openid-client';
import type { Ask } from '../../lib/outgoing/ask.ts';
import { Refusal } from '../../lib/refusal.ts';

export interface OidcSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | null;
  readonly label: string;
  readonly roleClaim: string;
  /** The first that fits counts; `*` fits everybody. */
  readonly roles: readonly { readonly role: Role; readonly value: string }[];
}

/** What has to come back with the browser, and is told to nobody. */
export interface Journey {
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  /** The provider is to ask anew who somebody is, and to say when it did. */
  readonly isFresh: boolean;
}

/** Whom the provider says that it has seen. */
export interface Seen {
  /** The provider's address and its name for them: the one thing that never changes. */
  readonly subject: string;
  /** What they are called, best first. */
  readonly names: readonly string[];
  readonly role: Role | null;
}

const ANSWERS_WITHIN_S = 10;

/** The provider of a single sign-on (OpenID Connect: code flow with PKCE, state and nonce). */
export class OidcProvider {
  readonly settings: OidcSettings;
  readonly #ask: Ask;
  #found: Promise<oidc.Configuration> | null = null;

  constructor(settings: OidcSettings, ask: Ask) {
    this.settings = settings;
    this.#ask = ask;
  }

  /** @throws Refusal `unavailable` */
  async begin(redirectUri: string, isFresh: boolean): Promise<{ url: string; journey: Journey }> {
    const config = await this.#config();
    const journey: Journey = {
      ...{ redirectUri, isFresh },
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
      codeVerifier: oidc.randomPKCECodeVerifier(),
    };
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: 'openid profile email',
      state: journey.state,
      nonce: journey.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(journey.codeVerifier),
      code_challenge_method: 'S256',
      ...(isFresh ? { max_age: '0', prompt: 'login' } : {}),
    });
    return { url: url.href, journey };
  }

  /**
   * @param search all that stands behind the question mark of the address to which the provider has sent the browser
   * @throws Refusal `unauthenticated` for an answer that is not one to this journey
   */
  async finish(journey: Journey, search: string): Promise<Seen> {
    const config = await this.#config();
    const at = new URL(journey.redirectUri);
    at.search = search;
    try {
      const tokens = await oidc.authorizationCodeGrant(config, at, {
        expectedState: journey.state,
        expectedNonce: journey.nonce,
        pkceCodeVerifier: journey.codeVerifier,
        idTokenExpected: true,
        ...(journey.isFresh ? { maxAge: 60 } : {}),
      });
      const claims = tokens.claims();
      if (claims === undefined) throw new Error('no claims');
      const all: Record<string, unknown> = { ...(await userInfoOf(config, tokens, claims.sub)), ...claims };
      return {
        subject: `${claims.iss} ${claims.sub}`,
        names: ['preferred_username', 'name', 'email', 'sub'].flatMap((name) =>
          typeof all[name] === 'string' ? [all[name]] : [],
        ),
        role: this.#roleOf(all[this.settings.roleClaim]),
      };
    } catch (cause) {
      throw new Refusal('unauthenticated', sentenceOf(cause, this.settings.label));
    }
  }

  #roleOf(claim: unknown): Role | null {
    const values = new Set(Array.isArray(claim) ? claim : [claim]);
    return this.settings.roles.find(({ value }) => value === '*' || values.has(value))?.role ?? null;
  }

  /** Found once; a provider that does not answer is asked anew the next time. */
  #config(): Promise<oidc.Configuration> {
    this.#found ??= this.#discover().catch(() => {
      this.#found = null;
      throw new Refusal(
        'unavailable',
        `${this.settings.label} does not answer at the moment. Sign in another way, or try again.`,
      );
    });
    return this.#found;
  }

  async #discover(): Promise<oidc.Configuration> {
    const { issuer, clientId, clientSecret } = this.settings;
    const config = await oidc.discovery(
      new URL(issuer),
      clientId,
      undefined,
      clientSecret === null ? oidc.None() : oidc.ClientSecretPost(clientSecret),
      // The settings let a plain address through on this very machine alone.
      {
        timeout: ANSWERS_WITHIN_S,
        execute: issuer.startsWith('http:') ? [oidc.allowInsecureRequests] : [],
        [oidc.customFetch]: (url, { method, headers, body, signal }) =>
          this.#ask(url, { method, headers, body: bodyOf(body), signal }),
      },
    );
    return config;
  }
}

/** What the hub sends there is a form, if anything. */
function bodyOf(body: oidc.FetchBody): string | null {
  if (body instanceof URLSearchParams || typeof body === 'string') return String(body);
  if (body === null || body === undefined) return null;
  throw new TypeError('A single sign-on is sent forms alone');
}

/** Some providers tell groups there alone. */
async function userInfoOf(
  config: oidc.Configuration,
  tokens: Awaited<ReturnType<typeof oidc.authorizationCodeGrant>>,
  subject: string,
): Promise<Record<string, unknown>> {
  if (config.serverMetadata().userinfo_endpoint === undefined) return {};
  return { ...(await oidc.fetchUserInfo(config, tokens.access_token, subject)) };
}

function sentenceOf(cause: unknown, label: string): string {
  const denied = cause instanceof oidc.AuthorizationResponseError && cause.error === 'access_denied';
  return denied
    ? `${label} did not let you in, or you went back.`
    : `What came back from ${label} is not an answer to what this browser asked for. Begin again.`;
}
