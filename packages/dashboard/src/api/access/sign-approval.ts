import {
  type Action,
  type ApprovalStatement,
  type BodyOf,
  PROBLEMS,
  api,
  statementOf,
  textToSign,
} from '@homelabcmd/protocol';
import { call } from '../call.ts';
import { ApiProblem } from '../problem.ts';
import { answerTo } from './passkeys.ts';

type GivenSeal = NonNullable<NonNullable<BodyOf<typeof api.approveAction>>['seal']>;

const SIGNED_WITHIN_MS = 60_000;

const refused = (detail: string): ApiProblem =>
  new ApiProblem({ type: 'about:blank', ...PROBLEMS.seal_required, code: 'seal_required', detail });

/**
 * Has a passkey that the server knows sign this action as it is shown here: what is signed is made from the action on this
 * page, and not taken from the hub. @throws ApiProblem
 */
export async function signApproval(action: Action): Promise<GivenSeal> {
  const { to_sign } = await call(api.toSignAction, { params: { action_id: action.action_id } });
  if (to_sign === null) throw refused(`${action.server_id} is not sealed any more. Look at it again.`);
  if (to_sign.problem !== null) throw refused(to_sign.problem);
  const fitting = to_sign.keys.filter(({ origins }) => origins.includes(location.origin));
  const [first] = fitting;
  if (first === undefined)
    throw refused(
      `${action.server_id} knows no passkey for ${location.origin}: root has to enrol yours there first.`,
    );
  const { agent, until } = to_sign.statement;
  const assertion = await answerTo({
    challenge: await challengeOf(shown(action, agent, until)),
    rpId: first.rp_id,
    timeout: SIGNED_WITHIN_MS,
    userVerification: 'required',
    allowCredentials: fitting
      .filter(({ rp_id }) => rp_id === first.rp_id)
      .map(({ credential_id: id }) => ({ type: 'public-key', id })),
  });
  return { until, assertion };
}

/** What stands on this page. Only which agent it is for, and until when it holds, is the hub's to say. */
const shown = (action: Action, agent: string, until: string): ApprovalStatement =>
  statementOf(
    agent,
    { ...action, kind: action.action_type },
    { requested_by: action.created_by, requested_at: action.created_at, until },
  );

async function challengeOf(statement: ApprovalStatement): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(textToSign(statement)));
  return btoa(String.fromCharCode(...new Uint8Array(digest)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
