import type { BodyOf, ParamsOf, QueryOf, ResponseOf, RouteContract } from '@homelabcmd/protocol';

/** Who asks: a person or a program, already authenticated. */
export interface Principal {
  /** Shown as `created_by`, `approved_by`, … */
  readonly name: string;
  readonly role: 'admin';
  /** The key that let them in. */
  readonly keyId: string;
}

/** A wish that its sender has named, so that it is granted once however often it is sent. */
export interface NamedWish {
  /** The key that let the sender in: names are its own. */
  readonly keyId: string;
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
  /** How the caller reaches this hub: `https://hub.example.org`, without a base path. */
  readonly origin: string;
  /** `null`: the sender gave it no name, or the route takes none. */
  readonly wish: NamedWish | null;
  /** Who asks and from where, for the audit: `log.from(from)`. */
  readonly from: { readonly actor: string; readonly address: string };
}

export type Handler<R extends RouteContract> = (call: Call<R>) => Promise<ResponseOf<R>>;

/** One handler for each route of a table: the compiler names what is missing. */
export type Handlers<Table extends Record<string, RouteContract>> = { [K in keyof Table]: Handler<Table[K]> };
