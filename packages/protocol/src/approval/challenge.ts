import { createHash } from 'node:crypto';
import type { ApprovalStatement } from '../actions/approval-statement.ts';
import { canonicalJson } from '../link/canonical-json.ts';

/** Nothing else that is signed anywhere in the product begins so. */
const PURPOSE = 'homelabcmd sealed approval 1\n';

/** What an authenticator is asked to sign for this statement: 32 bytes in base64url. */
export const challengeOf = (statement: ApprovalStatement): string =>
  createHash('sha256')
    .update(PURPOSE + canonicalJson(statement), 'utf8')
    .digest('base64url');
