const UNIT_ROOT = '/org/freedesktop/systemd1/unit/';

/** systemd's object path of a unit: bytes outside `A-Za-z0-9`, and a leading digit, as `_` and two hex digits. */
export function pathOfUnit(unit: string): string {
  let path = UNIT_ROOT;
  for (const [index, byte] of Buffer.from(unit, 'utf8').entries()) {
    const character = String.fromCharCode(byte);
    const plain = index === 0 ? /[A-Za-z]/ : /[A-Za-z0-9]/;
    path += plain.test(character) ? character : `_${byte.toString(16).padStart(2, '0')}`;
  }
  return path;
}

/** The unit at an object path, or `null` for another kind of object. */
export function unitOfPath(path: string): string | null {
  if (!path.startsWith(UNIT_ROOT)) return null;
  const escaped = path.slice(UNIT_ROOT.length);
  const bytes: number[] = [];
  for (let index = 0; index < escaped.length; index++) {
    if (escaped[index] === '_') {
      bytes.push(Number.parseInt(escaped.slice(index + 1, index + 3), 16));
      index += 2;
    } else bytes.push(escaped.charCodeAt(index));
  }
  return Buffer.from(bytes).toString('utf8');
}

/**
 * The restart script runs as a unit of its own for each order. What it does is told by the order; watching it as a
 * service would tell everyone of a service that comes and goes, in the very moment when a restart is at work.
 */
const EXECUTOR = 'homelabcmd-restart@';
const EXECUTOR_PATH = `${UNIT_ROOT}homelabcmd_2drestart_40`;

export const isWatched = (unit: string): boolean => unit.endsWith('.service') && !unit.startsWith(EXECUTOR);

/** Timers and sockets too, which are told of only where someone expects them. */
export const isFollowed = (unit: string): boolean => isWatched(unit) || /.\.(?:timer|socket)$/.test(unit);

/** The same for an object path, without decoding it: most signals are about units of other types. */
export const isFollowedPath = (path: string): boolean =>
  /_2e(?:service|timer|socket)$/.test(path) && path.startsWith(UNIT_ROOT) && !path.startsWith(EXECUTOR_PATH);
