import type { UnitState } from './port.ts';

/** systemd as a person at the keyboard asks it: once, and without following what it does. */
export interface UnitCatalogue extends AsyncDisposable {
  readonly version: string;
  /** A name that systemd does not know has `loadState: 'not-found'`; of an alias, the `id` is the real name. */
  read(unit: string): Promise<UnitState>;
  /** Names of the services that have a file, loaded or not; templates and aliases too. */
  installed(): Promise<string[]>;
}

/** Connects. Rejects with an error whose message is a sentence for a person. */
export type OpenCatalogue = (busAddress: string) => Promise<UnitCatalogue>;
