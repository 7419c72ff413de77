import { isIP } from 'node:net';
import { z } from 'zod';

/** `nas.lan`, `192.168.1.5:8123`, `[fd00::1]:443`: as an address names it. */
function isHost(text: string): boolean {
  if (isIP(text) !== 0) return true;
  const url = URL.parse(`https://${text}`);
  return url !== null && /^[A-Za-z0-9.:[\]_-]+$/.test(text) && url.pathname === '/' && url.hostname !== '';
}

/** Where the hub may ask by itself, beyond the internet. */
export const OUTGOING_SETTINGS = {
  HOMELABCMD_OUTGOING_HOSTS: {
    type: z
      .string()
      .transform((text) => text.split(',').map((part) => part.trim().toLowerCase()))
      .pipe(
        z.array(
          z.string().refine(isHost, 'Use hosts like nas.lan, 192.168.1.5:8123, with commas between them'),
        ),
      ),
    values: 'hosts, like `nas.lan, 192.168.1.5:8123`',
    byDefault: null,
    whenAbsent:
      'the hub asks nobody by itself but on the internet, by https; the host of `HOMELABCMD_OIDC_ISSUER` is listed by that',
    means:
      'Hosts of private networks, and of what speaks plain http, that the hub may ask by itself. Without a port each of its ports is meant. It follows no redirect, and asks the address that it has judged.',
  },
} as const;
