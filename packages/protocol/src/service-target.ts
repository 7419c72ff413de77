/**
 * A service has two names: what a person typed (`service_name`, kept as it is) and what it canonically is
 * (`target`, the key of every uniqueness rule). `plex` and `plex.service` share the target `systemd:plex.service`.
 */

const UNIT_CHARACTERS = /^[A-Za-z0-9:_.\\@][A-Za-z0-9:_.\\@-]*$/;
const OTHER_UNIT_TYPES = /\.(?:socket|device|mount|automount|swap|target|path|timer|slice|scope|snapshot)$/;
const MAX_UNIT_BYTES = 255;
const SYSTEMD = 'systemd:';

/**
 * The systemd unit that a typed name means, or `null` when no `.service` unit can have that name.
 * A name that ends in `.service` stays; another unit type is never a service; anything else gets the suffix.
 */
export function unitNameOf(serviceName: string): string | null {
  if (!UNIT_CHARACTERS.test(serviceName) || OTHER_UNIT_TYPES.test(serviceName)) return null;
  const unit = serviceName.endsWith('.service') ? serviceName : `${serviceName}.service`;
  if (unit === '.service' || unit.length > MAX_UNIT_BYTES) return null;
  return unit;
}

const ALSO_EXPECTED = /.\.(?:timer|socket)$/;

/** The unit that an expected name means: a service, or by its whole name a timer or a socket, which cannot be restarted. */
export function expectedUnitOf(serviceName: string): string | null {
  const isOther = ALSO_EXPECTED.test(serviceName) && UNIT_CHARACTERS.test(serviceName);
  return isOther && serviceName.length <= MAX_UNIT_BYTES ? serviceName : unitNameOf(serviceName);
}

/** The same for a target. */
export const expectedUnitOfTarget = (target: string): string | null =>
  target.startsWith(SYSTEMD) ? expectedUnitOf(target.slice(SYSTEMD.length)) : null;

/** Why nothing can be expected under this name, as a sentence; `null` where it can. */
export function whyNotExpected(serviceName: string): string | null {
  if (/@(?:\.(?:service|timer|socket))?$/.test(serviceName))
    return 'This is a template, which never runs itself. Name one of its instances, such as getty@tty1.service';
  if (/@user:[^.]*$/.test(serviceName))
    return (
      'The agent cannot see the units of a user, because their bus is closed to everybody else. ' +
      'Expect the whole manager of that user, such as user@1000.service, or make it a service of the system'
    );
  return null;
}

/** The canonical target of a typed name. A name that cannot be a unit is its own target, as text. */
export function targetOf(serviceName: string): string {
  return SYSTEMD + (unitNameOf(serviceName) ?? serviceName);
}

/** The unit inside a target, or `null` when the target is not a unit that systemd could know. */
export function unitOfTarget(target: string): string | null {
  return target.startsWith(SYSTEMD) ? unitNameOf(target.slice(SYSTEMD.length)) : null;
}

/** What people call a unit: its name without `.service`. */
export function serviceNameOfUnit(unit: string): string {
  const isMoreThanSuffix = unit.endsWith('.service') && unit !== '.service';
  return isMoreThanSuffix ? unit.slice(0, -'.service'.length) : unit;
}
