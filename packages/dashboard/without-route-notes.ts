import type { Plugin } from 'vite';

const ROUTES = /packages\/protocol\/src\/(?:access|api|guards)\/[\w-]+\.ts$/;
/** What only the API's documentation says of a route: its sentence, its chapter, and the problems that it can answer. */
const NOTES = /^ {4}(?:summary:\s+(?:'[^'\n]*'|"[^"\n]*"|`[^`]*`)|tag: '\w+'|problems: \[[^\]]*\]),\n/gm;
/** What only the hub checks: all that comes in. A property ends where the next one, or the end of the route, begins. */
const CHECKS = /^ {4}(?:params|query|body):.*\n(?: {5,}.*\n| {4}[)}\]].*\n)*/gm;

/** Leaves out of the routes what only the hub and its documentation read, from what the first page needs. */
export function withoutRouteNotes(): Plugin {
  return {
    name: 'without-route-notes',
    apply: 'build',
    enforce: 'pre',
    transform: (code, id) =>
      ROUTES.test(id) ? { code: code.replaceAll(NOTES, '').replaceAll(CHECKS, ''), map: null } : null,
  };
}
