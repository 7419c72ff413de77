import type { OrderResult, RefusalCode } from '@homelabcmd/protocol';

/** The order is not carried out, and never will be. */
export class Refused extends Error {
  readonly code: RefusalCode;

  constructor(code: RefusalCode, detail: string) {
    super(detail);
    this.code = code;
  }
}

/** A result with nothing in it yet. */
export const emptyResult: Omit<OrderResult, 'outcome' | 'detail'> = {
  code: null,
  exit_code: null,
  output: '',
  before: null,
  after: null,
  ran_ms: null,
  elapsed_ms: null,
  journal: [],
};

export const refusedResult = (refusal: Refused, more: Partial<OrderResult>): OrderResult => ({
  ...emptyResult,
  ...more,
  outcome: 'refused',
  code: refusal.code,
  detail: refusal.message.slice(0, 500),
});
