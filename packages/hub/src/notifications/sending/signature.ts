import { createHmac } from 'node:crypto';

/**
 * What proves to a receiver that a message is from this hub, and from now: HMAC-SHA256 over the time and the body, so that
 * neither can be changed and an old one is known as old.
 */
export function signed(secret: string, body: string, nowMs: number): Record<string, string> {
  if (secret === '') return {};
  const at = String(Math.floor(nowMs / 1000));
  const mac = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');
  return { 'x-homelabcmd-timestamp': at, 'x-homelabcmd-signature': `sha256=${mac}` };
}
