import { Probe } from '@homelabcmd/protocol';

/** A probe as it stands in the fields: text, in the units in which people think. */
export interface ProbeDraft {
  readonly kind: 'none' | Probe['kind'];
  readonly url: string;
  readonly expectStatus: string;
  readonly expectBody: string;
  readonly host: string;
  readonly port: string;
  readonly intervalSeconds: string;
  readonly timeoutSeconds: string;
  readonly failures: string;
}

export type ProbeField = Exclude<keyof ProbeDraft, 'kind'>;
export type FieldErrors<F extends string> = Readonly<Partial<Record<F, string>>>;

export const PORT_TO_FILL_IN = 'PORT';
const MS_PER_SECOND = 1000;

const inSeconds = (ms: number): string => String(ms / MS_PER_SECOND);

const timingOf = (probe: Probe) => ({
  intervalSeconds: inSeconds(probe.interval_ms),
  timeoutSeconds: inSeconds(probe.timeout_ms),
  failures: String(probe.failures_before_down),
});

const TCP_DEFAULTS = Probe.parse({ kind: 'tcp', port: 1 });

const EMPTY: ProbeDraft = {
  kind: 'none',
  url: `http://127.0.0.1:${PORT_TO_FILL_IN}/`,
  expectStatus: '',
  expectBody: '',
  host: TCP_DEFAULTS.kind === 'tcp' ? TCP_DEFAULTS.host : '',
  port: '',
  ...timingOf(TCP_DEFAULTS),
};

export function draftOf(probe: Probe | null): ProbeDraft {
  if (probe === null) return EMPTY;
  const timing = timingOf(probe);
  if (probe.kind === 'tcp')
    return { ...EMPTY, ...timing, kind: 'tcp', host: probe.host, port: String(probe.port) };
  return {
    ...EMPTY,
    ...timing,
    kind: 'http',
    url: probe.url,
    expectStatus: probe.expect_status === null ? '' : String(probe.expect_status),
    expectBody: probe.expect_body ?? '',
  };
}

/** A number that was typed; what is no number is no number. */
const numberIn = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));
const msIn = (text: string): number => Math.round(numberIn(text) * MS_PER_SECOND);

function candidateOf(draft: ProbeDraft): unknown {
  const timing = {
    interval_ms: msIn(draft.intervalSeconds),
    timeout_ms: msIn(draft.timeoutSeconds),
    failures_before_down: numberIn(draft.failures),
  };
  if (draft.kind === 'tcp')
    return { kind: 'tcp', host: draft.host.trim(), port: numberIn(draft.port), ...timing };
  return {
    kind: 'http',
    url: draft.url.trim(),
    expect_status: draft.expectStatus.trim() === '' ? null : numberIn(draft.expectStatus),
    expect_body: draft.expectBody === '' ? null : draft.expectBody,
    ...timing,
  };
}

/** The members of a probe by the field that holds them. Where the schema would speak of milliseconds, we say it. */
const FIELDS: ReadonlyMap<string, { field: ProbeField; words?: string }> = new Map([
  ['url', { field: 'url' }],
  ['expect_status', { field: 'expectStatus', words: 'A status is a whole number from 100 to 599' }],
  ['expect_body', { field: 'expectBody', words: 'At most 200 characters' }],
  ['host', { field: 'host' }],
  ['port', { field: 'port', words: 'A port is a whole number from 1 to 65535' }],
  ['interval_ms', { field: 'intervalSeconds', words: 'From 1 to 3600 s' }],
  ['timeout_ms', { field: 'timeoutSeconds', words: 'From 0.1 to 60 s' }],
  ['failures_before_down', { field: 'failures', words: 'A whole number from 1 to 100' }],
]);

/** Which field a member of a probe stands in, and what is said there of a message about it. */
export function fieldOf(member: string, message: string): { field: ProbeField; words: string } | null {
  const known = FIELDS.get(member);
  return known === undefined ? null : { field: known.field, words: known.words ?? message };
}

type Read = { readonly probe: Probe | null } | { readonly errors: FieldErrors<ProbeField> };

/** The probe that the fields mean, or what is wrong with which. */
export function readDraft(draft: ProbeDraft): Read {
  if (draft.kind === 'none') return { probe: null };
  if (draft.kind === 'http' && draft.url.includes(`:${PORT_TO_FILL_IN}`))
    return { errors: { url: `Put the number of the port in the place of ${PORT_TO_FILL_IN}` } };
  const parsed = Probe.safeParse(candidateOf(draft));
  if (parsed.success) return { probe: parsed.data };
  const errors: Partial<Record<ProbeField, string>> = {};
  for (const issue of parsed.error.issues) {
    const told = fieldOf(String(issue.path[0]), issue.message);
    if (told !== null) errors[told.field] ??= told.words;
  }
  return { errors };
}
