import { z } from 'zod';

const file = z.string().startsWith('/', 'Use a whole path, from / on');

/** The settings of a certificate that a person brings. Without them the hub makes its own where it needs one. */
export const TLS_SETTINGS = {
  HOMELABCMD_TLS_CERTIFICATE_FILE: {
    type: file,
    values: 'a file',
    byDefault: null,
    whenAbsent: 'on an address other than loopback, the hub makes an authority and a certificate of its own',
    means:
      "The hub's certificate as PEM, with those above it behind it. Read anew when it is renewed. Where the last one is an authority that signed itself, agents take that one alone.",
  },
  HOMELABCMD_TLS_KEY_FILE: {
    type: file,
    values: 'a file',
    byDefault: null,
    whenAbsent: 'as above',
    means: 'The key of that certificate as PEM, without a password.',
  },
} as const;
