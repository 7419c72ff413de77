import type { Allows } from '@homelabcmd/protocol';
import { cut } from '../../text.ts';
import { listing } from './restartable.ts';
import type { ServerFiles } from './server-files.ts';

/** Of each list: the first frame that an agent sends is small. */
const MOST_LINES = 50;
const MOST_CHARACTERS = 255;

/** What root's files allow, for people to see. */
export function allowsOf(files: Pick<ServerFiles, 'allow' | 'lockout' | 'probeTargets' | 'limits'>): Allows {
  const [allow, lockout, targets] = [files.allow(), files.lockout(), files.probeTargets()];
  const told = ({ lines }: typeof allow) =>
    [...lines].slice(0, MOST_LINES).map((line) => cut(line, MOST_CHARACTERS));
  const problem = allow.problem ?? lockout.problem ?? targets.problem;
  return {
    services: told(allow),
    lockout: told(lockout),
    probe_targets: told(targets),
    limits: Object.entries(files.limits().limits).map(([name, value]) => ({ name, value })),
    complete: [allow, lockout, targets].every(({ lines }) => lines.size <= MOST_LINES),
    problem: problem === null ? null : cut(problem, 500),
    command: cut(listing('NAME.service', allow.path, allow.path), 500),
  };
}
