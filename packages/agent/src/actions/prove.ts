import { setTimeout } from 'node:timers/promises';
import { PROBE_CHECK_MAX_MS, type Probe } from '@homelabcmd/protocol';
import type { Answer } from '../probes/answer.ts';
import type { Failure } from './verify.ts';

export type AskProbe = (probe: Probe, stop: AbortSignal) => Promise<Answer>;

/**
 * Whether the service answers, after all else went well: asked as often as makes a service down by its own probe, at
 * its interval, or closer together where that would take longer than `maxMs`, by which there is a result.
 * One good answer is enough.
 *
 * A probe that this server does not allow proves nothing, and what is not proved is not completed: it fails too,
 * under the one code that stands for «the probe did not pass», and the sentence says what to do.
 * @throws when `stop` is aborted
 */
export async function failureOfProbe(
  probe: Probe,
  ask: AskProbe,
  stop: AbortSignal,
  maxMs = PROBE_CHECK_MAX_MS,
): Promise<Failure> {
  const attempts = probe.failures_before_down;
  const gapMs = Math.min(probe.interval_ms, maxMs / attempts);
  const late = AbortSignal.timeout(maxMs);
  const signal = AbortSignal.any([stop, late]);
  let last = 'There was no answer in time.';
  try {
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const rest = attempt < attempts ? setTimeout(gapMs, undefined, { signal }) : Promise.resolve();
      rest.catch(() => undefined);
      const { kind, detail } = await ask(probe, signal);
      if (kind === 'answer') return null;
      if (kind === 'not_allowed') return notAnswering(`It is up; whether it answers is not known. ${detail}`);
      last = detail;
      await rest;
    }
  } catch (cause) {
    if (!late.aborted || stop.aborted) throw cause;
  }
  return notAnswering(`It is up and does not answer. ${last}`);
}

const notAnswering = (detail: string): Failure => ({ code: 'not-answering', detail });
