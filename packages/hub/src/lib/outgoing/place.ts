import { bySystem, permit, type Resolve } from './permit.ts';

export interface Place {
  readonly host: string;
  /** What was judged, and what is to be connected to. */
  readonly address: string;
}

/** Where something that speaks no HTTP may be connected to. @throws NotPermitted; the resolver's error */
export type PlaceOf = (host: string, port: number, isEncrypted: boolean) => Promise<Place>;

/** The rules of `ask`, for other protocols: in clear, or to a private network, only where the host is listed. */
export function places(listed: Iterable<string>, resolve: Resolve = bySystem): PlaceOf {
  const hosts = new Set(Array.from(listed, (host) => host.toLowerCase()));
  return async (named, port, isEncrypted) => {
    const url = new URL(`${isEncrypted ? 'https' : 'http'}://${named}:${port}/`);
    const { host, addresses } = await permit(url, hosts, resolve);
    return { host, address: addresses[0] ?? host };
  };
}
