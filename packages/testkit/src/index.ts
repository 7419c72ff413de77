export { ApiClient, ProblemAnswer } from './api-client.ts';
export { type Fleet, type FleetServer, startFleet } from './fleet.ts';
