/**
 * How an approver's passkey binds what a server does. It needs `node:crypto`, and so is apart from what the dashboard
 * imports too; what is signed, and the forms of keys and seals, are in `actions/`.
 */
export { challengeOf } from './challenge.ts';
export { publicKeyText, publicKeyTextOfCose } from './public-key.ts';
export { BrokenApproval, verifySeal } from './verify.ts';
