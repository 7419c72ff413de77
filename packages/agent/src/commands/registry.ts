import { allow } from './allow.ts';
import type { Command } from './command.ts';
import { deny } from './deny.ts';
import { doctor } from './doctor.ts';
import { fetchRelease } from './release/fetch-release.ts';
import { list } from './list.ts';
import { upgrade } from './release/upgrade.ts';
import { verifyRelease } from './release/verify-release.ts';

type Name = 'allow' | 'deny' | 'list' | 'doctor' | 'upgrade' | 'verify-release' | 'fetch-release';

/** Every command, in the order in which help lists them. */
export const COMMANDS: { readonly [K in Name]: Command } = {
  allow,
  deny,
  list,
  doctor,
  upgrade,
  'verify-release': verifyRelease,
  'fetch-release': fetchRelease,
};
