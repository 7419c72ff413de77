import { z } from 'zod';
import { JournalWithheld } from './guards/allows.ts';
import { capped, Timestamp } from './text.ts';

/** One line of a server's journal, as systemd-journald stored it. */
export const JournalLine = z.object({
  at: Timestamp,
  /** `SYSLOG_IDENTIFIER`, or the command's name. */
  identifier: capped(256),
  pid: z.int().nonnegative().nullable(),
  /** Syslog priority, 0 (emergency) to 7 (debug). */
  priority: z.int().min(0).max(7).nullable(),
  message: capped(2048),
});
export type JournalLine = z.infer<typeof JournalLine>;

/** Why a service is not running: the evidence that systemd kept of the invocation that ended. */
export const Why = z.object({
  /** The run that ended; empty when the unit never ran since boot. */
  invocation_id: capped(64),
  /** systemd's `Result`, verbatim: `success`, `exit-code`, `signal`, `oom-kill`, `timeout`, … */
  result: capped(64),
  exit_code: z.int().nullable(),
  /** Signal number that ended the main process, with its name (`SIGKILL`). */
  signal: z.int().nullable(),
  signal_name: capped(32).nullable(),
  oom: z.boolean(),
  /** systemd gave up because the unit was started too often in its start-limit interval. */
  start_limit_hit: z.boolean(),
  main_pid: z.int().nonnegative().nullable(),
  memory_peak_bytes: z.number().nonnegative().nullable(),
  stopped_at: Timestamp.nullable(),
  ran_for_ms: z.number().nonnegative().nullable(),
  /** The unit's `Restart=` setting, verbatim. */
  restart_setting: capped(32),
  /** systemd itself is about to start it again. */
  will_retry: z.boolean(),
  /** The last lines of the journal of that invocation, oldest first. */
  journal: z.array(JournalLine).max(50),
  /** Why there are no lines, where it is not that nothing was written. */
  journal_withheld: JournalWithheld.optional(),
});
export type Why = z.infer<typeof Why>;

/** The reason in one sentence that a person can read aloud. */
export function whySentence(why: Why): string {
  if (why.start_limit_hit) return 'It failed too often in a short time, so systemd gave up on it.';
  if (why.oom) return 'It ran out of memory.';
  if (why.signal !== null)
    return `Its main process was ended by ${why.signal_name ?? `signal ${why.signal}`}.`;
  const sentence = SENTENCES.get(why.result);
  if (sentence !== undefined) return sentence;
  const own = why.result === 'exit-code' ? OF_SYSTEMD.get(why.exit_code ?? -1) : undefined;
  if (own !== undefined) return own;
  if (why.result === 'exit-code' && !why.exit_code)
    return 'A command that its unit file runs before it failed.';
  if (why.exit_code !== null && why.exit_code !== 0)
    return `Its main process ended with exit code ${why.exit_code}.`;
  if (why.result === 'success') return 'It stopped without an error.';
  return why.result === '' ? 'systemd gives no reason.' : `systemd says: ${why.result}.`;
}

/** A map, because the words come from servers: in an object, some would find what every object has. */
const SENTENCES: ReadonlyMap<string, string> = new Map([
  ['timeout', 'It did not start or stop in the time that it is given.'],
  ['watchdog', 'It stopped answering its watchdog.'],
  ['core-dump', 'Its main process crashed and left a core dump.'],
  ['resources', 'systemd could not give it the resources that it needs.'],
  ['protocol', 'It did not follow the start-up protocol that its unit file promises.'],
  ['exec-condition', 'A condition in its unit file kept it from running.'],
  ['dependency', 'A unit that it depends on did not start.'],
]);

/** Exit codes of systemd's own, of what it does in a new process before the program is there. */
const OF_SYSTEMD: ReadonlyMap<number, string> = new Map([
  [200, 'Its working folder is not there.'],
  [203, 'Its program is not there, or cannot be executed.'],
  [208, 'What it reads from could not be opened.'],
  [209, 'What it writes to could not be opened.'],
  [216, 'Its group does not exist on this server.'],
  [217, 'Its user does not exist on this server.'],
  [226, 'systemd could not set up its sandbox.'],
  [243, 'systemd could not give it its credentials.'],
]);
