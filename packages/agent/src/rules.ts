/**
 * How an agent carries out orders, without the machine around it: what a proof needs to play it under a clock, a network
 * and a disk of its own. `agent.ts` puts the same parts together for real.
 */
export { ClaimsFolder } from './actions/executor/claims.ts';
export {
  type ExecutorAnswer,
  type ExecutorLine,
  ExecutorUnreachable,
  type RestartExecutor,
} from './actions/executor/executor.ts';
export { executorBehindSocket, parseAnswer } from './actions/executor/restart-socket.ts';
export { OrderJournal } from './actions/order-journal.ts';
export { OrderRunner } from './actions/runner.ts';
export { Identity } from './link/identity.ts';
export { Link } from './link/link.ts';
export { readRelaxations } from './facts/relaxed.ts';
export { servicesFrames } from './services/frames.ts';
export { parseAllowList } from './services/rules/allow-file.ts';
export { permitOf, type RestartRules } from './services/rules/restartable.ts';
export { ServiceWatch } from './services/watch.ts';
export {
  absentUnit,
  type SystemdEvents,
  type SystemdPort,
  type SystemdSession,
  type UnitState,
} from './systemd/port.ts';
export { assertWithinLimits } from './actions/guards/rate.ts';
export { readLimits } from './services/rules/limits.ts';
export { hub as examineHub } from './commands/doctor/hub.ts';
export { PLACES } from './commands/places.ts';
export { readServerConfig } from './config.ts';
