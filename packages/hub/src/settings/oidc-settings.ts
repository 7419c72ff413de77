import { Role } from '@homelabcmd/protocol';
import { z } from 'zod';
import { isLoopback } from '../lib/net/loopback.ts';

/** TLS, but for a provider on this very machine. */
const isSafeIssuer = (text: string): boolean => {
  const url = URL.parse(text);
  return (
    url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)))
  );
};

/** `admin=homelab-admins, viewer=*` */
const roleRules = z
  .string()
  .transform((text) => text.split(',').map((rule) => rule.trim().split('=')))
  .pipe(
    z.array(
      z
        .tuple([Role, z.string().trim().min(1)], 'Use rules like admin=homelab-admins, viewer=*')
        .transform(([role, value]) => ({ role, value })),
    ),
  );

/** The settings of a single sign-on. Without an issuer there is none. */
export const OIDC_SETTINGS = {
  HOMELABCMD_OIDC_ISSUER: {
    type: z.string().refine(isSafeIssuer, 'Use an address like https://id.example.org'),
    values: 'an address like `https://id.example.org`',
    byDefault: null,
    whenAbsent: 'there is no single sign-on',
    means:
      'The provider of a single sign-on (OpenID Connect). Register the hub there with the address that people use and `/sign-in/answer` behind it.',
  },
  HOMELABCMD_OIDC_CLIENT_ID: {
    type: z.string().min(1),
    values: 'a text',
    byDefault: 'homelabcmd',
    means: 'What the provider calls this hub.',
  },
  HOMELABCMD_OIDC_CLIENT_SECRET: {
    type: z.string().min(1),
    values: 'a text',
    byDefault: null,
    whenAbsent: 'the hub is a public client, which proves itself by PKCE alone',
    means: 'What the hub proves itself with to the provider.',
    isSecret: true,
  },
  HOMELABCMD_OIDC_LABEL: {
    type: z.string().min(1).max(40),
    values: 'a few words',
    byDefault: 'single sign-on',
    means: 'What the button on the sign-in page calls the provider.',
  },
  HOMELABCMD_OIDC_ROLE_CLAIM: {
    type: z.string().min(1),
    values: 'a name',
    byDefault: 'groups',
    means: 'The claim of the provider by which roles are given: a text or a list of texts.',
  },
  HOMELABCMD_OIDC_ROLES: {
    type: roleRules,
    values: 'rules like `admin=homelab-admins, viewer=*`',
    byDefault: 'viewer=*',
    means:
      'Which role goes with which value of that claim; the first rule that fits counts, `*` fits everybody. Whom no rule fits does not come in. It is looked at anew at each sign-in.',
  },
} as const;
