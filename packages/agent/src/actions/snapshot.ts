import type { ServiceSnapshot } from '@homelabcmd/protocol';
import { statusOf } from '../services/status.ts';
import type { UnitState } from '../systemd/port.ts';

/** A service at one moment, for the comparison of before and after. */
export const snapshotOf = (state: UnitState, memoryBytes: number | null): ServiceSnapshot => ({
  status: statusOf(state),
  active_state: state.activeState.slice(0, 64),
  sub_state: state.subState.slice(0, 64),
  result: state.result.slice(0, 64),
  pid: state.mainPid > 0 ? state.mainPid : null,
  invocation_id: state.invocationId,
  restarts: state.nRestarts,
  memory_bytes: memoryBytes,
  at: new Date().toISOString(),
});
