/** What a doctor found of one thing, on the hub or on a server. A warning is worth reading; a failure has to be mended. */
export interface Finding {
  readonly name: string;
  readonly state: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  /** What to do about it; absent when all is well. */
  readonly todo?: string;
}

export const ok = (name: string, detail: string): Finding => ({ name, state: 'ok', detail });
export const warn = (name: string, detail: string, todo: string): Finding => ({
  name,
  state: 'warn',
  detail,
  todo,
});
export const fail = (name: string, detail: string, todo: string): Finding => ({
  name,
  state: 'fail',
  detail,
  todo,
});
