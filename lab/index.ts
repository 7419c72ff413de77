/** A lab: real systemd servers on one machine, for tests, benchmarks and the demonstration. See docs/lab.md. */
export { type BootOptions, NODE_ON_SERVER } from './boot.ts';
export {
  type CountedStart,
  type CountingServiceOptions,
  countingService,
  runsOf,
  startsOf,
} from './counting-service.ts';
export {
  type AgentInstallation,
  allowRestart,
  installAgent,
  RELEASE_DIR,
  unpackRelease,
} from './install-agent.ts';
export { type Lab, labProblem, openLab } from './open-lab.ts';
export { type ExecOptions, type ExecResult } from './run-inside.ts';
export { type LabServer } from './server.ts';
