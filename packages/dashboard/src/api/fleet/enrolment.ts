import { type ResponseOf, api } from '@homelabcmd/protocol';
import { call } from '../call.ts';

export type Enrolment = ResponseOf<typeof api.enrolServer>;

/** Makes a one-time line for the agent of a server, which is added if it is new. @throws ApiProblem */
export const enrol = (serverId: string): Promise<Enrolment> =>
  call(api.enrolServer, { params: { server_id: serverId } });

/** Has the agent of a server make itself a new key. @throws ApiProblem `quarantined` */
export const renewAgentKey = (serverId: string): Promise<ResponseOf<typeof api.renewAgentKey>> =>
  call(api.renewAgentKey, { params: { server_id: serverId } });
