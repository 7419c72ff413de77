import {
  findingWords,
  type Finding,
  type Service,
  type ServiceStatus,
  findingOf,
  isNotAnswering,
} from '@homelabcmd/protocol';
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

/** What is known now of how it is. */
export const shownFinding = (service: Service): Finding => (service.stale ? 'unknown' : findingOf(service));

/** How a finding is drawn where its status alone would say too little. */
const DRAWN: Partial<Record<Finding, Pick<Look, 'shape' | 'tone'>>> = {
  done: { shape: 'disc', tone: 'ok' },
  waiting: { shape: 'disc', tone: 'ok' },
  listening: { shape: 'disc', tone: 'ok' },
  stopped_on_purpose: { shape: 'square', tone: 'mute' },
  out_of_memory: { shape: 'diamond', tone: 'bad' },
  timed_out: { shape: 'diamond', tone: 'bad' },
  hung: { shape: 'diamond', tone: 'bad' },
  cannot_start: { shape: 'diamond', tone: 'bad' },
  gave_up: { shape: 'diamond', tone: 'bad' },
  exited: { shape: 'square', tone: 'warn' },
  not_started_at_boot: { shape: 'square', tone: 'warn' },
  masked: { shape: 'squareDashed', tone: 'warn' },
  unit_file_gone: { shape: 'squareDashed', tone: 'warn' },
  broken_unit: { shape: 'diamond', tone: 'bad' },
  dependency_failed: { shape: 'diamond', tone: 'bad' },
  condition_unmet: { shape: 'square', tone: 'warn' },
  not_answering: { shape: 'diamondHollow', tone: 'bad' },
  frozen: { shape: 'diamondHollow', tone: 'bad' },
  degraded: { shape: 'triangle', tone: 'warn' },
  timer_not_running: { shape: 'square', tone: 'warn' },
  last_run_failed: { shape: 'diamond', tone: 'bad' },
  not_listening: { shape: 'square', tone: 'warn' },
};

/** How a service is shown. One that is paused says what it does in a quiet colour: it asks for nobody. */
export function serviceLook(service: Service): Look {
  const finding = shownFinding(service);
  const drawn = DRAWN[finding];
  const words = findingWords(finding);
  const look =
    drawn === undefined
      ? statusLook(shownStatus(service))
      : { ...drawn, word: words.charAt(0).toUpperCase() + words.slice(1) };
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
