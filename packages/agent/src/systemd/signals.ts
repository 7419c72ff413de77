import type { Message } from 'dbus-native';
import type { SystemdEvents } from './port.ts';
import type { Properties } from './properties.ts';
import { fromKindProperties, fromUnitProperties, kindOfUnit } from './properties.ts';
import { isFollowed, isFollowedPath, unitOfPath } from './unit-path.ts';

const FACE = 'org.freedesktop.systemd1.';

/**
 * Tells one signal of systemd's in our words. For one change of a service systemd sends the properties of its kind
 * first and those of `Unit`, with `ActiveState`, right after: the first alone is not yet the whole change.
 */
export function tellSignal(message: Message, events: SystemdEvents): void {
  const body = message.body ?? [];
  const first = body[0];
  switch (message.member) {
    case 'PropertiesChanged': {
      const unit = unitAt(message.path);
      if (unit === null) return;
      const properties = body[1] as Properties;
      const kind = kindOfUnit(unit);
      if (first === FACE + kind) events.changed(unit, fromKindProperties(kind, properties), false);
      else if (first === `${FACE}Unit`) events.changed(unit, fromUnitProperties(properties), true);
      return;
    }
    case 'UnitNew':
      if (isName(first)) events.loaded(first);
      return;
    case 'UnitRemoved':
      if (isName(first)) events.unloaded(first);
      return;
    case 'JobRemoved':
      if (isName(body[2])) events.jobEnded(body[2], String(body[3]));
      return;
    case 'Reloading':
      events.reloading(first === true);
      return;
    default:
  }
}

const isName = (value: unknown): value is string => typeof value === 'string' && isFollowed(value);

const unitAt = (path: string | undefined): string | null =>
  path !== undefined && isFollowedPath(path) ? unitOfPath(path) : null;
