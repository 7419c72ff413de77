import type { Mutant } from '../mutant.ts';

const FIGURES = 'packages/hub/src/figures';
const CLIENT = 'packages/hub/src/cli/client';
const WHICH_HUB = 'packages/hub/test/client/which-hub.test.ts';

/** A hub that tells other tools what is not so, and a command that is careless with its key. */
export const FIGURE_MUTANTS: readonly Mutant[] = [
  {
    name: 'a name of a service ends its line and begins another for Prometheus',
    file: `${FIGURES}/exposition.ts`,
    from: `const quoted = (text: string): string => escaped(text).replaceAll('"', '\\\\"');`,
    to: 'const quoted = (text: string): string => escaped(text);',
    caughtBy: {
      file: `${FIGURES}/exposition.test.ts`,
      test: 'a name stays within its quotes, whatever it holds',
    },
  },
  {
    name: 'what was known last of a silent server is told as current',
    file: `${FIGURES}/standing.ts`,
    from: "...reportOf(row.liveness === 'online' ? row.report_json : null),",
    to: '...reportOf(row.report_json),',
    caughtBy: {
      file: `${FIGURES}/status.test.ts`,
      test: 'what was known of a silent server is not told as current',
    },
  },
  {
    name: 'the figures of before are told after something has happened',
    file: `${FIGURES}/standing.ts`,
    from: 'if (this.#kept?.head === head) return this.#kept.reading;',
    to: 'if (this.#kept !== null) return this.#kept.reading;',
    caughtBy: {
      file: `${FIGURES}/status.test.ts`,
      test: 'the store is read when something has happened, and not otherwise',
    },
  },
  {
    name: 'a live stream of an hour is told as a request that took an hour',
    file: 'packages/hub/src/http/figures.ts',
    from: 'if (request.routeOptions.url?.endsWith(API_BASE + EVENTS_PATH)) return;',
    to: '',
    caughtBy: {
      file: `${FIGURES}/scrape.test.ts`,
      test: 'a live stream, which lasts as long as its reader stays, is counted as open and not as a slow request',
    },
  },
  {
    name: 'the command takes a key from a file that others may read',
    file: `${CLIENT}/settings.ts`,
    from: 'if ((mode & 0o077) !== 0)',
    to: 'if ((mode & 0o022) !== 0)',
    caughtBy: {
      file: WHICH_HUB,
      test: 'the key comes from a file that its owner alone may read, and from no other',
    },
  },
  {
    name: 'the command sends its key where a hub leads it',
    file: `${CLIENT}/ask.ts`,
    from: "headers, redirect: 'manual' }",
    to: "headers, redirect: 'follow' }",
    caughtBy: {
      file: WHICH_HUB,
      test: 'what is no hub is told so, and a key goes to no address but the one that was named',
    },
  },
];
