import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurably } from '../durable-file.ts';
import { codeOf } from '../log.ts';

/** The credential that the hub gave this agent, in a file that only the agent's user can read. */
export class CredentialFile {
  readonly #path: string;

  constructor(stateDir: string) {
    this.#path = join(stateDir, 'credential');
  }

  /** @throws when there is one that cannot be read */
  read(): string | null {
    try {
      return readFileSync(this.#path, 'utf8').trim() || null;
    } catch (cause) {
      if (codeOf(cause) === 'ENOENT') return null;
      throw cause;
    }
  }

  /** On disk when it returns: the enrolment token works once, so nothing may be lost from here on. */
  store(credential: string): void {
    writeDurably(this.#path, `${credential}\n`);
  }
}
