import { z } from 'zod';
import { capped } from '../text.ts';

const Lines = z.array(capped(255)).max(200);

/** What root allows on a server, by the files there: to be shown, since nothing but those files decides. */
export const Allows = z.object({
  /** Units that the list of what may be restarted names. */
  services: Lines,
  /** Units of the second list: those that can cut people off stand in both. */
  lockout: Lines,
  /** Where probes may ask besides the server itself. */
  probe_targets: Lines,
  limits: z.array(z.object({ name: capped(64), value: z.number() })).max(20),
  /** Whether these are all lines. */
  complete: z.boolean(),
  /** Why a list is not trusted, and so counts as empty. */
  problem: capped(500).nullable(),
  /** What root types there to allow one more service, `NAME`. */
  command: capped(500),
});
export type Allows = z.infer<typeof Allows>;

/** A setting of one of our units' sandbox that had to be lifted, because this server cannot give it. */
export const Relaxation = z.object({
  unit: capped(255),
  /** systemd's name of it: `PrivateTmp`, … */
  setting: capped(64),
  because: capped(500),
});
export type Relaxation = z.infer<typeof Relaxation>;

/** The server keeps the journal lines of this service to itself. */
export const JournalWithheld = z.object({
  /** A whole sentence. */
  reason: capped(500),
  /** What root types on that server so that they are shown; `null` where it shows none at all. */
  fix_command: capped(500).nullable(),
});
export type JournalWithheld = z.infer<typeof JournalWithheld>;
