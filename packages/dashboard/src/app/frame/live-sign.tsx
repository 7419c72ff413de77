import { useIsLost, useLive, useTryNow } from '../../api/live/use-stream.ts';
import { useTicking } from '../../lib/hub-clock.ts';
import { age, ago, clock } from '../../lib/time-words.ts';
import { Button } from '../../ui/button.tsx';
import { Glyph } from '../../ui/glyphs/glyph.tsx';

/** Whether the page hears from the hub, and how long ago it did. */
export function LiveSign() {
  const { state, heardAtMs } = useLive();
  // The tick only says when to look again; how long ago is told by this browser's own clock.
  const heardAge = useTicking(() => (heardAtMs === null ? '' : age(Date.now() - heardAtMs)));
  const isLive = state === 'live';
  return (
    <span
      className={`live ${state === 'lost' ? 'is-warn' : ''}`}
      data-testid="connection"
      data-state={state}
      title={isLive ? `Stream open. Last message ${heardAge} ago` : 'Not connected to the hub'}
    >
      <span className={`live-dot ${isLive ? 'pulse' : 'is-hollow'}`} aria-hidden="true" />
      {state === 'connecting' && <span className="wide-only">Connecting</span>}
      {isLive && (
        <span>
          <span className="wide-only">Live · </span>
          {heardAge}
        </span>
      )}
      {state === 'lost' && <span>{heardAge === '' ? 'No hub' : `${heardAge} old`}</span>}
    </span>
  );
}

/** Says that nothing on the page is current, and what is off because of it. */
export function LostBanner() {
  const { heardAtMs } = useLive();
  const isLost = useIsLost();
  const tryNow = useTryNow();
  const heardAgo = useTicking(() => (heardAtMs === null ? '' : ago(Date.now() - heardAtMs)));
  if (!isLost) return null;
  return (
    <div className="banner">
      <div className="banner-in">
        <Glyph look={{ shape: 'triangle', tone: 'warn' }} />
        <p>
          <b className="strong" role="alert">
            Not connected to the hub.
          </b>{' '}
          <span className="dim">
            {heardAtMs !== null &&
              `Everything below is from ${clock(new Date(heardAtMs).toISOString())}, ${heardAgo}. `}
            Actions are off until the connection is back.
          </span>
        </p>
        <Button onClick={tryNow}>Try now</Button>
      </div>
    </div>
  );
}
