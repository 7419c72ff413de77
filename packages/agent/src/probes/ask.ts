import type { Probe } from '@homelabcmd/protocol';
import { codeOf } from '../log.ts';
import type { AllowList } from '../services/rules/allow-file.ts';
import { cut } from '../text.ts';
import { type Answer, targetOf, textOf, WrongAnswer } from './answer.ts';
import { askHttp } from './http.ts';
import { type LookUp, NotAllowed, permittedAddresses } from './targets.ts';
import { askTcp } from './tcp.ts';

/** Asks at one address; answers with a sentence about the good answer, throws for any other. */
type Asker<P extends Probe> = (probe: P, address: string, signal: AbortSignal) => Promise<string>;

/** Every kind of probe; a new one is a file beside this one and a line here. */
const ASKERS: { readonly [K in Probe['kind']]: Asker<Extract<Probe, { kind: K }>> } = {
  http: askHttp,
  tcp: askTcp,
};

/** Asks once, in the time that the probe gives. @throws only when `stop` is aborted */
export async function askProbe(
  probe: Probe,
  list: AllowList,
  stop: AbortSignal,
  lookUp?: LookUp,
): Promise<Answer> {
  stop.throwIfAborted();
  // Not `AbortSignal.any`: `stop` lives as long as the service runs, and nothing of a question may stay on it.
  const end = new AbortController();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    end.abort();
  }, probe.timeout_ms);
  const stopped = () => end.abort(stop.reason);
  stop.addEventListener('abort', stopped, { once: true });
  try {
    return {
      kind: 'answer',
      detail: await within(end.signal, askAddresses(probe, list, end.signal, lookUp)),
    };
  } catch (cause) {
    stop.throwIfAborted();
    if (cause instanceof NotAllowed) return { kind: 'not_allowed', detail: cut(cause.message, 500) };
    const detail = isLate ? tooLate(probe) : sentenceOf(cause, textOf(targetOf(probe)));
    return { kind: 'failure', detail: cut(detail, 500) };
  } finally {
    clearTimeout(timer);
    stop.removeEventListener('abort', stopped);
  }
}

/** A name may have several addresses, as `localhost` has, and the service listen on one of them. */
async function askAddresses(
  probe: Probe,
  list: AllowList,
  signal: AbortSignal,
  lookUp?: LookUp,
): Promise<string> {
  const addresses = await permittedAddresses(targetOf(probe), list, lookUp);
  let refused: unknown;
  for (const address of addresses) {
    try {
      signal.throwIfAborted();
      return await (ASKERS[probe.kind] as Asker<Probe>)(probe, address, signal);
    } catch (cause) {
      if (!isUnreachable(cause)) throw cause;
      refused = cause;
    }
  }
  throw refused;
}

/** The resolver cannot be interrupted; its answer is then not waited for. */
async function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const aborted = () => reject(signal.reason);
  signal.addEventListener('abort', aborted, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', aborted);
  }
}

const UNREACHABLE = ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL'];
const isUnreachable = (cause: unknown): boolean => UNREACHABLE.includes(codeOf(cause));

const tooLate = (probe: Probe): string =>
  `No answer from ${textOf(targetOf(probe))} within ${probe.timeout_ms / 1000} s.`;

/** The messages of system errors hold ports of ours that differ each time, so they are told in words of our own. */
function sentenceOf(cause: unknown, place: string): string {
  if (cause instanceof WrongAnswer) return cause.message;
  const code = codeOf(cause);
  if (code === 'ECONNREFUSED') return `Nothing listens on ${place}: the connection was refused.`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `This server finds no address for ${place}.`;
  if (code === 'ECONNRESET') return `${place} closed the connection without an answer.`;
  if (code.startsWith('HPE_')) return `What answers on ${place} does not speak HTTP.`;
  return `${place} cannot be asked (${code || 'for an unknown reason'}).`;
}
