const KEY = 'homelabcmd.way-back';
/** What begins with two slashes is another site. */
const OWN_PATH = /^\/(?![/\\])/;

/** Notes where this tab is before it leaves for another site, to be led back there. */
export function noteWayBack(): void {
  sessionStorage.setItem(KEY, location.pathname + location.search);
}

/** Where this tab was before it left. It is told once; `null` when it was nowhere on this site. */
export function takeWayBack(): string | null {
  const path = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  return path !== null && OWN_PATH.test(path) ? path : null;
}
