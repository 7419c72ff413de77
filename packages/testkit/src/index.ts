export { ApiClient, ProblemAnswer } from './api-client.ts';
export { FakeExecutor } from './fake-executor.ts';
export { FakeSystemd } from './fake-systemd.ts';
export { type Fleet, type FleetServer, startFleet } from './fleet.ts';
