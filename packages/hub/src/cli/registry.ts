import type { Command } from './command.ts';
import { audit } from './commands/audit.ts';
import { backup } from './commands/backup.ts';
import { completion } from './commands/completion.ts';
import { doctor } from './commands/doctor.ts';
import { actions } from './commands/fleet/actions.ts';
import { approve } from './commands/fleet/approve.ts';
import { restart } from './commands/fleet/restart.ts';
import { status } from './commands/fleet/status.ts';
import { tail } from './commands/fleet/tail.ts';
import { freeze, unfreeze } from './commands/freeze.ts';
import { help } from './commands/help.ts';
import { migrate } from './commands/migrate.ts';
import { resetAdmin } from './commands/reset-admin.ts';
import { restore } from './commands/restore.ts';
import { rotateKey } from './commands/rotate-key.ts';
import { serve } from './commands/serve.ts';
import { version } from './commands/version.ts';

/** Every command, in the order in which help lists them. */
export const COMMANDS: readonly Command[] = [
  status,
  restart,
  approve,
  actions,
  tail,
  serve,
  backup,
  restore,
  migrate,
  resetAdmin,
  rotateKey,
  audit,
  freeze,
  unfreeze,
  doctor,
  completion,
  help,
  version,
];
