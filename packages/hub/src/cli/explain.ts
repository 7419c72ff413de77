import { ConfigError } from '../config.ts';

/** What went wrong, for the person at the terminal: no stack, and what to do where that is known. */
export function explain(error: unknown, command: string): string {
  const isServe = command === 'serve';
  if (error instanceof ConfigError)
    return isServe
      ? `The hub cannot start with these settings.\n${error.message}`
      : `These settings cannot be used.\n${error.message}`;
  const fault = (error ?? {}) as { code?: string; address?: string; port?: number };
  const { code, address: host, port } = fault;
  if (isServe && port !== undefined) {
    if (code === 'EADDRINUSE')
      return `Port ${port} on ${host} is taken. Stop what uses it, or choose another with HOMELABCMD_PORT.`;
    if (code === 'EACCES') return `This user may not listen on port ${port} of ${host}.`;
    if (code === 'EADDRNOTAVAIL') return `This machine has no address ${host}. Set HOMELABCMD_HOST.`;
  }
  const text = error instanceof Error ? error.message : String(error);
  return isServe ? `The hub cannot start: ${text}` : text;
}
