import { FALSE_RELEASES } from '../../../../test/house/proxies/false-releases.ts';
import type { Way, Ways } from './way.ts';

/** Releases that the hub hands out when root asks for an upgrade: none may be taken, and nothing of them may run. */
export const UPGRADE_WAYS: Ways = Object.fromEntries(
  Object.entries(FALSE_RELEASES).map(([name, { handed }]): [string, Way] => [name, { act: 'hand', handed }]),
);
