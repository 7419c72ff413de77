import { z } from 'zod';
import { listOf, NoBody, Nothing, Paging } from '../api/paging.ts';
import { route } from '../api/route.ts';
import { ServiceParams } from '../api/services.ts';
import { EffectivePolicy, Policy, PolicyName, PolicyWish } from './policy.ts';

const PolicyParams = z.object({ policy_name: PolicyName });

export const policyRoutes = {
  listPolicies: route({
    method: 'GET',
    path: '/policies',
    summary: 'List the policies, by name',
    tag: 'guards',
    query: Paging,
    status: 200,
    response: listOf('policies', Policy),
    problems: [],
  }),
  getPolicy: route({
    method: 'GET',
    path: '/policies/:policy_name',
    summary: 'One policy',
    tag: 'guards',
    params: PolicyParams,
    status: 200,
    response: Policy,
    problems: ['not_found'],
  }),
  putPolicy: route({
    method: 'PUT',
    path: '/policies/:policy_name',
    summary: 'Make a policy, or change it as a whole',
    tag: 'guards',
    params: PolicyParams,
    body: PolicyWish,
    status: 200,
    response: Policy,
    problems: ['not_found', 'already_exists', 'invalid'],
  }),
  deletePolicy: route({
    method: 'DELETE',
    path: '/policies/:policy_name',
    summary: 'Remove a policy',
    tag: 'guards',
    params: PolicyParams,
    status: 204,
    response: Nothing,
    problems: ['not_found'],
  }),
  resumePolicy: route({
    method: 'POST',
    path: '/policies/:policy_name/resume',
    summary: 'Let a policy act again that paused or stopped',
    tag: 'guards',
    params: PolicyParams,
    body: NoBody,
    status: 200,
    response: Policy,
    problems: ['not_found'],
  }),
  effectivePolicy: route({
    method: 'GET',
    path: '/servers/:server_id/services/:service_name/policy',
    summary: 'Who may approve actions for this service now, and why',
    tag: 'guards',
    params: ServiceParams,
    status: 200,
    response: EffectivePolicy,
    problems: ['not_found'],
  }),
} as const;
