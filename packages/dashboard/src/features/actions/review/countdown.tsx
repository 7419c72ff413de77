import { useTicking } from '../../../lib/hub-clock.ts';
import { absolute, clock } from '../../../lib/time-words.ts';
import { useRemaining } from '../decide/expiry.tsx';

const MINUTE_MS = 60_000;

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
