import { useTicking } from '../../../lib/hub-clock.ts';
import { absolute, clock, span } from '../../../lib/time-words.ts';

const MINUTE_MS = 60_000;

export const useRemaining = (expiresAt: string): string =>
  useTicking((nowMs) => span(Date.parse(expiresAt) - nowMs));

/** `Expires in 23 h 41 min.`, in a line of text. */
export function ExpiresIn({ at }: { at: string }) {
  const remaining = useRemaining(at);
  return (
    <>
      Expires in{' '}
      <time dateTime={at} title={absolute(at)}>
        {remaining}
      </time>
      .
    </>
  );
}

/** The countdown of the decision panel. Read out at five minutes and at one. */
export function Countdown({ createdAt, expiresAt }: { createdAt: string; expiresAt: string }) {
  const remaining = useRemaining(expiresAt);
  const endMs = Date.parse(expiresAt);
  const wholeMs = endMs - Date.parse(createdAt);
  const part = useTicking(
    (nowMs) => Math.round(Math.min(Math.max((endMs - nowMs) / wholeMs, 0), 1) * 200) / 200,
  );
  const warning = useTicking((nowMs) => {
    const leftMs = endMs - nowMs;
    if (leftMs <= 0) return 'Expired';
    if (leftMs <= MINUTE_MS) return 'Expires in one minute';
    return leftMs <= 5 * MINUTE_MS ? 'Expires in five minutes' : '';
  });
  return (
    <>
      <p className="lab">
        <span>Expires in</span>
        <time dateTime={expiresAt} title={absolute(expiresAt)}>
          {clock(expiresAt)}
        </time>
      </p>
      <p className="countdown" role="timer">
        {remaining}
      </p>
      <div className="bar" aria-hidden="true">
        <i style={{ transform: `scaleX(${part})` }} />
      </div>
      <span className="sr" role="status">
        {warning}
      </span>
    </>
  );
}
