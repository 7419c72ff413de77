import type { Page } from 'playwright-core';
import type { House } from '../house/house.ts';

/** A state of the product that is looked at. */
export interface Scene {
  /** Names the test and its pictures: `server-stale`. */
  readonly name: string;
  /** A detail of a page that is seen whole elsewhere: it is looked at in two views only. */
  readonly isMinor?: true;
  /** Answers a page that shows it, and all of it. */
  readonly show: (visit: Visit) => Promise<Page>;
  /** Undoes what `show` did to the house, after the last picture. */
  readonly putBack?: (house: House) => Promise<void>;
  /** A picture in docs/pictures that is taken of it too, with the words as they are. */
  readonly inReadme?: { readonly file: string; readonly view: string };
}

/** A house in which several states can be seen at once, so that it is opened once for all of them. */
export interface Stage {
  readonly name: string;
  readonly open: () => Promise<House>;
  readonly scenes: readonly Scene[];
}

/** What a scene is shown with. */
export interface Visit {
  readonly house: House;
  /** A signed-in page that is drawn and hears the hub. `before` is what happens at the edge of the network. */
  page(path: string, before?: (page: Page) => Promise<unknown>): Promise<Page>;
  /** A page as somebody sees it who has an account. */
  person(name: string, password: string, path: string): Promise<Page>;
  /** A page of someone who is not signed in. */
  stranger(path: string): Promise<Page>;
}
