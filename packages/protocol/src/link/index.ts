/**
 * How agent and hub prove to each other who they are, and how the hub signs what it sends. It needs `node:crypto`, and so is
 * apart from what the dashboard imports too.
 */
export { canonicalJson } from './canonical-json.ts';
export { AUTHORITY_PATH, certificateFingerprint, keyPinOf } from './certificates.ts';
export {
  type AgentAnswer,
  type AgentGreeting,
  type AgentIdentity,
  answerTo,
  greetingOf,
  type HubGreeting,
  NotProved,
} from './greeting.ts';
export { fingerprintOf, isSignedBy, type KeyPair, keyPairFromPem, newKeyPair } from './keys.ts';
export { type NewKey, newKeyFrame, newKeyIn } from './new-key.ts';
export { BrokenSeal, sealer } from './seal.ts';
export { type LinkSession, signedBytes } from './session.ts';
export { keysBefore, succeededBy, type Succession } from './succession.ts';
export { type EnrolmentKey, newEnrolmentToken, readEnrolmentToken } from './token.ts';
