import { useSyncExternalStore } from 'react';

/**
 * Whether the page hears from the hub.
 *
 *   connecting ──hello──► live ──silent for 15 s, or an error──► lost
 *                           ▲──────────── hello ────────────────┘
 *
 * While it is not live nothing on the page can be acted on: what is shown may be old.
 */
export interface Connection {
  readonly state: 'connecting' | 'live' | 'lost';
  /** By this browser's clock; `null` before the first message. */
  readonly heardAtMs: number | null;
}

export class ConnectionStore {
  #connection: Connection = { state: 'connecting', heardAtMs: null };
  readonly #listeners = new Set<() => void>();

  readonly get = (): Connection => this.#connection;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  set(state: Connection['state'], heardAtMs = this.#connection.heardAtMs): void {
    this.#connection = { state, heardAtMs };
    for (const listener of this.#listeners) listener();
  }
}

export const useConnection = (store: ConnectionStore): Connection =>
  useSyncExternalStore(store.subscribe, store.get);

export const useConnectionState = (store: ConnectionStore): Connection['state'] =>
  useSyncExternalStore(store.subscribe, () => store.get().state);
