/** What the hub answers when it wants a proof, without hours of waiting. */
export const WANTS_PROOF = {
  status: 403,
  contentType: 'application/problem+json',
  body: JSON.stringify({
    ...{ type: 'about:blank', title: 'Prove that it is you', status: 403 },
    ...{ code: 'proof_required', proof: 'fresh', detail: 'This needs a fresh proof that it is you.' },
  }),
};
