import type { Freeze } from '@homelabcmd/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useMay, useOff } from '../../api/access/may.ts';
import { setFreeze } from '../../api/guards/freeze.ts';
import { detailOf } from '../../api/problem.ts';
import { Button } from '../../ui/button.tsx';
import { Glyph } from '../../ui/glyphs/glyph.tsx';
import { Ago } from '../../ui/time.tsx';
import { say } from '../../ui/toast/toast.tsx';

/** On every page while the fleet is frozen: who did it, when, why, and the way out. */
export default function FreezeBanner({ freeze }: { freeze: Freeze }) {
  const { changed_at, changed_by, reason } = freeze;
  const mayLift = useMay('setFreeze');
  return (
    <div className="banner" data-testid="freeze-banner">
      <div className="banner-in">
        <Glyph look={{ shape: 'triangle', tone: 'warn' }} />
        <p>
          <b className="strong" role="alert">
            The fleet is frozen: nothing is sent to any server.
          </b>{' '}
          <span className="dim">
            {changed_by !== null && changed_at !== null && (
              <>
                By {changed_by}, <Ago at={changed_at} />.{' '}
              </>
            )}
            {reason !== null && `“${reason}”. `}
            You can ask and approve; it runs when this is lifted, if it has not expired by then.
          </span>
        </p>
        {mayLift && <Lift />}
      </div>
    </div>
  );
}

/** Lifting it may send what waits, so it is pressed twice. */
function Lift() {
  const client = useQueryClient();
  const off = useOff('setFreeze');
  const [isAsking, setAsking] = useState(false);
  const [isSending, setSending] = useState(false);
  const lift = async () => {
    setSending(true);
    try {
      await setFreeze(client, false, null);
    } catch (error) {
      const look = { shape: 'diamond', tone: 'bad' } as const;
      say({ look, title: 'Could not lift the freeze', detail: detailOf(error), stays: true });
      setSending(false);
    }
  };
  if (!isAsking) return <Button onClick={() => setAsking(true)}>Unfreeze…</Button>;
  return (
    <span className="flex flex-wrap gap-2">
      <Button kind="primary" off={off} isBusy={isSending} autoFocus onClick={() => void lift()}>
        Send what is approved
      </Button>
      <Button kind="plain" onClick={() => setAsking(false)}>
        Keep it frozen
      </Button>
    </span>
  );
}
