import { PROBLEMS, type Problem, type ProblemCode } from '@homelabcmd/protocol';

type Extra = Pick<
  Problem,
  'errors' | 'proof' | 'existing_action_id' | 'action_status' | 'retry_after_seconds'
>;

/** A rule says no. The HTTP door turns it into a problem document; nothing else is thrown on purpose. */
export class Refusal extends Error {
  readonly code: ProblemCode;
  readonly extra: Extra;

  constructor(code: ProblemCode, detail: string, extra: Extra = {}) {
    super(detail);
    this.name = 'Refusal';
    this.code = code;
    this.extra = extra;
  }

  /** RFC 9457 problem details of this refusal. */
  toProblem(requestId: string): Problem {
    const { status, title } = PROBLEMS[this.code];
    const type = `urn:homelabcmd:problem:${this.code}`;
    return {
      type,
      title,
      status,
      detail: this.message,
      code: this.code,
      request_id: requestId,
      ...this.extra,
    };
  }
}
