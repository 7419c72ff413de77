import type { Message } from 'dbus-native';
import type { SystemdEvents } from './port.ts';
import type { Properties } from './properties.ts';
import { fromServiceProperties, fromUnitProperties } from './properties.ts';
import { isWatched, isWatchedPath, unitOfPath } from './unit-path.ts';

const UNIT = 'org.freedesktop.systemd1.Unit';
const SERVICE = 'org.freedesktop.systemd1.Service';

/**
 * Tells one signal of systemd's in our words. For one change of a service systemd sends the properties of `Service`
 * first and those of `Unit`, with `ActiveState`, right after: the first alone is not yet the whole change.
 */
export function tellSignal(message: Message, events: SystemdEvents): void {
  const body = message.body ?? [];
  const first = body[0];
  switch (message.member) {
    case 'PropertiesChanged': {
      const unit = serviceAt(message.path);
      if (unit === null) return;
      const properties = body[1] as Properties;
      if (first === SERVICE) events.changed(unit, fromServiceProperties(properties), false);
      else if (first === UNIT) events.changed(unit, fromUnitProperties(properties), true);
      return;
    }
    case 'UnitNew':
      if (isServiceName(first)) events.loaded(first);
      return;
    case 'UnitRemoved':
      if (isServiceName(first)) events.unloaded(first);
      return;
    case 'JobRemoved':
      if (isServiceName(body[2])) events.jobEnded(body[2], String(body[3]));
      return;
    case 'Reloading':
      events.reloading(first === true);
      return;
    default:
  }
}

const isServiceName = (value: unknown): value is string => typeof value === 'string' && isWatched(value);

const serviceAt = (path: string | undefined): string | null =>
  path !== undefined && isWatchedPath(path) ? unitOfPath(path) : null;
