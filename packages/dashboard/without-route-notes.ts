import type { Plugin } from 'vite';

const ROUTES = /packages\/protocol\/src\/(?:access|api|guards)\/\w+\.ts$/;
/** What only the API's documentation says of a route: its sentence, its chapter, and the problems that it can answer. */
const NOTES = /^ {4}(?:summary:\s+(?:'[^'\n]*'|"[^"\n]*"|`[^`]*`)|tag: '\w+'|problems: \[[^\]]*\]),\n/gm;

/** Leaves out the notes of the routes, which only the hub's documentation reads, from what the first page needs. */
export function withoutRouteNotes(): Plugin {
  return {
    name: 'without-route-notes',
    apply: 'build',
    enforce: 'pre',
    transform: (code, id) => (ROUTES.test(id) ? { code: code.replaceAll(NOTES, ''), map: null } : null),
  };
}
