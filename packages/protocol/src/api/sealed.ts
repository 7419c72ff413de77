import { z } from 'zod';
import { Assertion } from '../access/passkey.ts';
import { ApprovalStatement } from '../actions/approval-statement.ts';
import { Sealing } from '../actions/approver-key.ts';
import { Timestamp } from '../text.ts';
import { ActionParams } from './action-params.ts';
import { route } from './route.ts';

/** What a passkey has to sign; `null` where the server is not sealed, and an approval is one without. */
const ToSign = z
  .object({
    statement: ApprovalStatement,
    /** 32 bytes in base64url: what the passkey is asked to sign, made from the statement. */
    challenge: z.string(),
    ...Sealing.shape,
  })
  .nullable();

/** The answer of the passkey, and until when what it signed holds. */
export const GivenSeal = z.strictObject({ until: Timestamp, assertion: Assertion });

export const sealedRoutes = {
  toSignAction: route({
    method: 'GET',
    path: '/actions/:action_id/to-sign',
    summary: 'What a passkey has to sign to approve this action, where its server is sealed',
    tag: 'actions',
    params: ActionParams,
    status: 200,
    response: z.object({ to_sign: ToSign }),
    problems: ['not_found', 'action_moved_on'],
  }),
} as const;
