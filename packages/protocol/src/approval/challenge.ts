import { createHash } from 'node:crypto';
import { type ApprovalStatement, textToSign } from '../actions/approval-statement.ts';

/** What an authenticator is asked to sign for this statement: 32 bytes in base64url. */
export const challengeOf = (statement: ApprovalStatement): string =>
  createHash('sha256').update(textToSign(statement), 'utf8').digest('base64url');
