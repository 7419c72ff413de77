const KEY = 'homelabcmd.way-back';

/** Notes where this tab is before it leaves for another site, to be led back there. */
export function noteWayBack(): void {
  sessionStorage.setItem(KEY, location.pathname + location.search);
}

/** Where this tab was before it left. It is told once; `null` when it was nowhere. */
export function takeWayBack(): string | null {
  const path = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  return path;
}
