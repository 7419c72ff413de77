import type { Plugin } from 'vite';

const ROUTES = /packages\/protocol\/src\/(?:access|alerts|api|guards|metrics|services)\/[\w-]+\.ts$/;
/** What only the API's documentation says of a route: its sentence, its chapter, and the problems that it can answer. */
const NOTES = /^ {4}(?:summary:\s+(?:'[^'\n]*'|"[^"\n]*"|`[^`]*`)|tag: '\w+'|problems: \[[^\]]*\]),\n/gm;
/** What only the hub checks: all that comes in. A property ends where the next one, or the end of the route, begins. */
const CHECKS = /^ {4}(?:params|query|body):.*\n(?: {5,}.*\n| {4}[)}\]].*\n)*/gm;

/** What only those checks need: imported, though unused, it would come with the first page. */
const OF_CHECKS = /^import \{ GivenSeal \} from '[^']*';\n/gm;

/** What is looked at by hub and agents down to the last byte, and is not by a page, which only shows it. */
const SHOWN = /packages\/protocol\/src\/(?:server|why|actions\/action|actions\/order|metrics\/sample)\.ts$/;
const DEEP =
  /^import \{ (?:Sealing|KeptSeal|ApprovalSeal|Allows, Relaxation|JournalWithheld) \} from '[^']*';\n|\b(?:Sealing|KeptSeal|ApprovalSeal|Allows|JournalWithheld|z\.array\(Relaxation\)\.max\(100\))(?=\.optional\(\))|z\.array\((?:DiskIo|NetworkUsage|Temperature)\)\.max\([\w.]+\)/gm;

/** What a problem is called comes with it; these the page makes by itself, for want of an answer. */
const OWN_PROBLEMS = ['unauthenticated', 'forbidden', 'seal_required', 'unavailable'];
const PROBLEMS = /packages\/protocol\/src\/errors\.ts$/;
const PROBLEM = /^ {2}(\w+): \{ status: .* \},$/gm;
const BY_PROBLEMS = /\bPROBLEMS\.(\w+)/g;

/** Leaves out of the routes what only the hub and its documentation read. */
export function withoutRouteNotes(): Plugin {
  return {
    name: 'without-route-notes',
    apply: 'build',
    enforce: 'pre',
    transform(code, id) {
      const [, other] =
        [...code.matchAll(BY_PROBLEMS)].find(([, name = '']) => !OWN_PROBLEMS.includes(name)) ?? [];
      if (other !== undefined)
        throw new Error(`${id}: the title of ${other} is not kept: name it in OWN_PROBLEMS`);
      if (PROBLEMS.test(id))
        return {
          code: code.replaceAll(PROBLEM, (line, name) =>
            OWN_PROBLEMS.includes(name) ? line : `  ${name}: 0,`,
          ),
          map: null,
        };
      if (SHOWN.test(id))
        return {
          code: code.replaceAll(DEEP, (found) => (found.startsWith('import') ? '' : 'z.any()')),
          map: null,
        };
      if (!ROUTES.test(id)) return null;
      return { code: code.replaceAll(NOTES, '').replaceAll(CHECKS, '').replaceAll(OF_CHECKS, ''), map: null };
    },
  };
}
