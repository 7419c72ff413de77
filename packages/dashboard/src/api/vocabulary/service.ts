import { type Service, type ServiceStatus, isNotAnswering } from '@homelabcmd/protocol';
import type { Look } from '../../ui/glyphs/glyph.tsx';

const LOOKS: Record<ServiceStatus, Look> = {
  running: { shape: 'disc', tone: 'ok', word: 'Running' },
  failed: { shape: 'diamond', tone: 'bad', word: 'Failed' },
  stopped: { shape: 'square', tone: 'mute', word: 'Stopped' },
  activating: { shape: 'half', tone: 'acc', word: 'Activating', isTurning: true },
  deactivating: { shape: 'half', tone: 'acc', word: 'Stopping', isTurning: true },
  reloading: { shape: 'half', tone: 'acc', word: 'Reloading', isTurning: true },
  unknown: { shape: 'ringDashed', tone: 'mute', word: 'Unknown' },
  not_found: { shape: 'squareDashed', tone: 'warn', word: 'Not found' },
};

/** The status that may be shown as current: of a server that is silent nothing is known. */
export const shownStatus = (service: Service): ServiceStatus => (service.stale ? 'unknown' : service.status);

export const isCrashLoop = (service: Service): boolean =>
  !service.stale && service.state_class === 'crash_loop';

/** It runs and its probe gets no good answer, as far as is known now. */
export const isSilent = (service: Service): boolean => !service.stale && isNotAnswering(service);

const NOT_ANSWERING: Look = { shape: 'diamondHollow', tone: 'bad', word: 'Not answering' };

/** How a service is shown. One that is paused says what it does in a quiet colour: it asks for nobody. */
export function serviceLook(service: Service): Look {
  const look = isSilent(service) ? NOT_ANSWERING : statusLook(shownStatus(service));
  return service.expected && !service.enabled ? { ...look, tone: 'mute' } : look;
}

/** How a status is shown. One that this page has never heard of is shown as it is spelt. */
export const statusLook = (status: string): Look =>
  LOOKS[status as ServiceStatus] ?? { shape: 'ringDashed', tone: 'mute', word: status };

export const serviceName = (service: Pick<Service, 'service_name' | 'display_name'>): string =>
  service.display_name ?? service.service_name;

export const CRASH_LOOP_WARNING = 'systemd keeps starting it and it keeps ending; a restart may not hold.';

export const notAllowedTitle = (serverId: string): string => `${serverId} does not allow this yet.`;
export const notAllowedHint = (serverId: string): string =>
  `To allow it, type this on ${serverId} as an administrator. This page follows by itself.`;
