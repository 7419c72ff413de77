import { allow } from './allow.ts';
import type { Command } from './command.ts';
import { deny } from './deny.ts';
import { doctor } from './doctor.ts';
import { list } from './list.ts';

type Name = 'allow' | 'deny' | 'list' | 'doctor';

/** Every command, in the order in which help lists them. */
export const COMMANDS: { readonly [K in Name]: Command } = { allow, deny, list, doctor };
