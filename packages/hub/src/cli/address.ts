import type { HubConfig } from '../config.ts';

const EVERY_ADDRESS: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '[::1]' };

/** Where the hub of these settings answers on its own machine. */
export function addressOf({ host, port, basePath }: HubConfig): string {
  const name = EVERY_ADDRESS[host] ?? (host.includes(':') ? `[${host}]` : host);
  return `http://${name}:${port}${basePath}`;
}
