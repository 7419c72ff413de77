import type { Mutant } from '../mutant.ts';

/** Connections that are trusted too early, or that others can read. */
export const TLS_MUTANTS: readonly Mutant[] = [
  {
    name: 'the agent takes whatever authority the hub hands out',
    file: 'packages/agent/src/link/authority.ts',
    from: 'if (fingerprintOf(asked) !== wanted)',
    to: 'if (fingerprintOf(asked) === null)',
    caughtBy: {
      file: 'packages/testkit/src/authority.test.ts',
      test: 'a hub with another authority is told nothing, whatever it hands out',
    },
  },
  {
    name: 'the agent adds the authority to those that it had',
    file: 'packages/agent/src/link/authority.ts',
    from: 'tls.setDefaultCACertificates([pem]);',
    to: 'tls.setDefaultCACertificates([...tls.getCACertificates("default"), pem]);',
    caughtBy: {
      file: 'packages/testkit/src/authority.test.ts',
      test: 'once an authority is named, none of the others counts any more',
    },
  },
  {
    name: 'the agent speaks in clear to other machines',
    file: 'packages/agent/src/config.ts',
    from: "if (scheme === 'ws:' && !ITSELF.test(url.hostname))",
    to: "if (scheme === 'ws:' && url.hostname === '')",
    caughtBy: {
      file: 'packages/agent/src/config.test.ts',
      test: '{"HOMELABCMD_HUB_URL":"ws://hub"} is answered with one sentence',
    },
  },
  {
    name: 'the door serves in clear whoever comes',
    file: 'packages/hub/src/tls/door.ts',
    from: "else if (mayBePlain(socket.remoteAddress ?? ''))",
    to: "else if (mayBePlain(socket.remoteAddress ?? '') || first.length > 0)",
    caughtBy: {
      file: 'packages/hub/src/tls/door.test.ts',
      test: 'in clear it serves those who may, and nothing to anybody else',
    },
  },
];
