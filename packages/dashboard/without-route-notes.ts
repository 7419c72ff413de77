import type { Plugin } from 'vite';

const ROUTES = /packages\/protocol\/src\/(?:access|api|guards)\/[\w-]+\.ts$/;
/** What only the API's documentation says of a route: its sentence, its chapter, and the problems that it can answer. */
const NOTES = /^ {4}(?:summary:\s+(?:'[^'\n]*'|"[^"\n]*"|`[^`]*`)|tag: '\w+'|problems: \[[^\]]*\]),\n/gm;
/** What only the hub checks: all that comes in. A property ends where the next one, or the end of the route, begins. */
const CHECKS = /^ {4}(?:params|query|body):.*\n(?: {5,}.*\n| {4}[)}\]].*\n)*/gm;

/** Routes that no first page asks for; whoever does asks for them by themselves, and not by `api`. */
const LATER =
  /^ {2}\.\.\.(?:passkey|sealed)Routes,\n|^import \{ (?:passkeyRoutes|sealedRoutes|GivenSeal) \} from '[^']*';\n/gm;
const BY_API = /\bapi\.(?:\w*[pP]asskey|toSign)/;

/** What is looked at by hub and agents down to the last byte, and is not by a page, which only shows it. */
const SHOWN = /packages\/protocol\/src\/(?:server|actions\/action|actions\/order)\.ts$/;
const DEEP =
  /^import \{ (?:Sealing|KeptSeal|ApprovalSeal) \} from '[^']*';\n|\b(?:Sealing|KeptSeal|ApprovalSeal)(?=\.optional\(\))/gm;

/** Leaves out of the routes what only the hub and its documentation read, and those that are for later, from what the first page needs. */
export function withoutRouteNotes(): Plugin {
  return {
    name: 'without-route-notes',
    apply: 'build',
    enforce: 'pre',
    transform(code, id) {
      if (BY_API.test(code))
        throw new Error(`${id}: these routes are not in api: import passkeyRoutes or sealedRoutes`);
      if (SHOWN.test(id))
        return {
          code: code.replaceAll(DEEP, (found) => (found.startsWith('import') ? '' : 'z.any()')),
          map: null,
        };
      if (!ROUTES.test(id)) return null;
      return { code: code.replaceAll(NOTES, '').replaceAll(CHECKS, '').replaceAll(LATER, ''), map: null };
    },
  };
}
