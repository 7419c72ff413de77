import type { ServiceStatus, StateClass } from '@homelabcmd/protocol';
import type { UnitState } from '../systemd/port.ts';

const STATUS_OF_ACTIVE_STATE: Partial<Record<string, ServiceStatus>> = {
  active: 'running',
  reloading: 'reloading',
  refreshing: 'reloading',
  inactive: 'stopped',
  failed: 'failed',
  activating: 'activating',
  deactivating: 'deactivating',
};

/** systemd's state in the product's words; a state that we have never heard of is `unknown`. */
export function statusOf(unit: Pick<UnitState, 'loadState' | 'activeState'>): ServiceStatus {
  const status = STATUS_OF_ACTIVE_STATE[unit.activeState] ?? 'unknown';
  return unit.loadState === 'not-found' && status === 'stopped' ? 'not_found' : status;
}

/** systemd waits before it starts the service again by itself. */
export const isAutoRestarting = (unit: Pick<UnitState, 'activeState' | 'subState'>): boolean =>
  unit.activeState === 'activating' && unit.subState.startsWith('auto-restart');

/**
 * The class that an approval rests on. One start by systemd is not yet a loop; waiting for the next one is, and so
 * are two within `CRASH_LOOP_WINDOW_MS`.
 */
export function stateClassOf(
  unit: Pick<UnitState, 'activeState' | 'subState' | 'jobQueued'>,
  restartsInWindow: number,
): StateClass {
  if (isAutoRestarting(unit)) return 'crash_loop';
  // Between waiting and starting again systemd calls it inactive for a moment, with the start queued.
  if (unit.activeState === 'inactive' && unit.jobQueued && restartsInWindow >= 1) return 'crash_loop';
  switch (unit.activeState) {
    case 'active':
    case 'reloading':
    case 'refreshing':
    case 'activating':
      return restartsInWindow >= 2 ? 'crash_loop' : 'running';
    default:
      return 'down';
  }
}

export const CRASH_LOOP_WINDOW_MS = 60_000;
