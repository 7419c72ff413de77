import type {
  BodyOf,
  ParamsOf,
  Proof,
  QueryOf,
  ResponseOf,
  Role,
  RouteContract,
  Scope,
} from '@homelabcmd/protocol';

/** Who asks: a person or a program, already authenticated. */
export interface Principal {
  /** The user's or the key's id: never given to another. */
  readonly id: string;
  /** Shown as `created_by`, `approved_by`, … */
  readonly name: string;
  readonly kind: 'person' | 'key';
  /** The person, also where it is a key of theirs that was shown; `null` for a key that nobody owns. */
  readonly userId: string | null;
  /** `null` for a key. */
  readonly role: Role | null;
  readonly scopes: readonly Scope[];
}

/** The session that a request came with. */
export interface SessionOfCall {
  readonly sessionId: string;
  readonly expiresAt: string;
  readonly provedAt: string;
}

/** A wish that its sender has named, so that it is granted once however often it is sent. */
export interface NamedWish {
  /** Whoever sent it: names are their own. */
  readonly principalId: string;
  readonly name: string;
  /** SHA-256 of what is wished: another wish of the same name is told from the same one sent again. */
  readonly digest: string;
}

/** What a handler is given: everything parsed, nothing of HTTP. */
export interface Call<R extends RouteContract> {
  readonly params: ParamsOf<R>;
  readonly query: QueryOf<R>;
  readonly body: BodyOf<R>;
  readonly principal: Principal;
  /** `null` for a program that shows its key. */
  readonly session: SessionOfCall | null;
  /** How the caller reaches this hub: `https://hub.example.org`, without a base path. */
  readonly origin: string;
  /** `null`: the sender gave it no name, or the route takes none. */
  readonly wish: NamedWish | null;
  /** For what only the thing itself tells: whether who asks has proved who they are. @throws Refusal `proof_required` */
  assertProved(proof: Proof): void;
  /** Who asks and from where, for the audit: `log.from(from)`. */
  readonly from: { readonly actor: string; readonly address: string };
}

export type Handler<R extends RouteContract> = (call: Call<R>) => Promise<ResponseOf<R>>;

/** One handler for each route of a table: the compiler names what is missing. */
export type Handlers<Table extends Record<string, RouteContract>> = { [K in keyof Table]: Handler<Table[K]> };
