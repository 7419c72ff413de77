import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { FleetOrder, FleetReady } from './process.ts';

export interface FleetProcess extends AsyncDisposable {
  readonly ready: FleetReady;
  order(order: FleetOrder): void;
}

/** A large fleet in a process of its own, once every server of it is there. */
export async function forkFleet(): Promise<FleetProcess> {
  const child = fork(fileURLToPath(new URL('process.ts', import.meta.url)), { stdio: 'inherit' });
  const [ready] = (await once(child, 'message')) as [FleetReady];
  return {
    ready,
    order: (order) => void child.send(order),
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
