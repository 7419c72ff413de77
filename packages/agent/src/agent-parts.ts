import type { RestartExecutor } from './actions/executor/executor.ts';
import type { Log } from './log.ts';
import type { UsageRoots } from './services/usage.ts';
import type { JournalReader, SystemdPort } from './systemd/port.ts';

/** The world around the agent, where it is not the real one. */
export interface AgentParts {
  systemd: SystemdPort;
  executor: RestartExecutor;
  /** In the place of the agent's own `journalctl`. */
  readJournal: JournalReader;
  log: Log;
  hostname: string;
  bootId: string;
  /** Owner that the allow-list files must have. */
  allowFileOwnerUid: number;
  usageRoots: UsageRoots;
}

/** A running agent. */
export interface Agent extends AsyncDisposable {
  readonly state: {
    readonly linked: boolean;
    readonly systemdProblem: string | null;
    readonly services: number;
    readonly ordersAtWork: readonly string[];
  };
}
