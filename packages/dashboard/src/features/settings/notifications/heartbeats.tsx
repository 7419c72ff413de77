import type { Heartbeat } from '@homelabcmd/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useMay } from '../../../api/access/may.ts';
import { detailOf, requestIdOf } from '../../../api/problem.ts';
import { removeHeartbeat, useHeartbeats } from '../../../api/settings/notifications.ts';
import { Button } from '../../../ui/button.tsx';
import { Glyph, type Look } from '../../../ui/glyphs/glyph.tsx';
import { PanelError } from '../../../ui/panel-error.tsx';
import { RowSkeleton } from '../../../ui/skeleton.tsx';
import { Ago } from '../../../ui/time.tsx';
import { HeartbeatForm } from './heartbeat-form.tsx';
import { RemoveStrip } from '../remove-strip.tsx';

const MINUTE_MS = 60_000;

/** Where the hub says that it is well, so that somebody else notices when it is not. */
export function Heartbeats() {
  const heartbeats = useHeartbeats();
  const mayChange = useMay('createHeartbeat');
  const [edited, setEdited] = useState<Heartbeat | 'new' | null>(null);
  const failed = heartbeats.isError && heartbeats.data === undefined ? heartbeats : null;
  return (
    <>
      <h3 className="settings-sub">Heartbeat</h3>
      <div className="settings-lede">
        <p>
          A hub that is off tells nobody. While it is well it asks an address of yours again and again, so
          that a service elsewhere notices when that ends.
        </p>
        {mayChange && <Button onClick={() => setEdited('new')}>Add an address</Button>}
      </div>
      {heartbeats.isPending && <RowSkeleton rows={1} label="Loading the heartbeats" />}
      {failed !== null && (
        <PanelError
          title="Could not load the heartbeats"
          detail={detailOf(failed.error)}
          requestId={requestIdOf(failed.error)}
          onRetry={() => void failed.refetch()}
        />
      )}
      {heartbeats.data?.length === 0 && <p className="dim">There is none: nobody would notice.</p>}
      {heartbeats.data !== undefined && heartbeats.data.length > 0 && (
        <ul className="attn keys" aria-label="Heartbeats">
          {heartbeats.data.map((heartbeat) => (
            <HeartbeatRow
              key={heartbeat.heartbeat_id}
              heartbeat={heartbeat}
              onEdit={() => setEdited(heartbeat)}
            />
          ))}
        </ul>
      )}
      {edited !== null && (
        <HeartbeatForm heartbeat={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />
      )}
    </>
  );
}

function lookOf({ enabled, failures, last_sent_at }: Heartbeat): Look {
  if (!enabled) return { shape: 'square', tone: 'mute', word: 'Switched off' };
  if (failures > 0) return { shape: 'diamond', tone: 'bad', word: 'Failing' };
  return last_sent_at === null
    ? { shape: 'ringDashed', tone: 'mute', word: 'Not sent yet' }
    : { shape: 'disc', tone: 'ok', word: 'Arrives' };
}

function HeartbeatRow({ heartbeat, onEdit }: { heartbeat: Heartbeat; onEdit: () => void }) {
  const { heartbeat_id, name, host, every_ms, last_sent_at, last_failure, last_failed_at, failures } =
    heartbeat;
  const client = useQueryClient();
  const mayChange = useMay('putHeartbeat');
  const [isAsking, setAsking] = useState(false);
  const look = lookOf(heartbeat);
  return (
    <li data-heartbeat={name}>
      <div className="attn-head">
        <Glyph look={look} />
        <div>
          <p className="what">{name}</p>
          <p className="why">
            {look.word}. Every {Math.round(every_ms / MINUTE_MS)} min at <span className="mono">{host}</span>.
            {last_sent_at !== null && (
              <>
                {' '}
                Last arrived <Ago at={last_sent_at} />.
              </>
            )}
            {failures > 0 && last_failed_at !== null && (
              <>
                {' '}
                <Ago at={last_failed_at} />: {last_failure}
              </>
            )}
          </p>
        </div>
        {mayChange && !isAsking && (
          <div className="row-actions">
            <Button kind="quiet" aria-label={`Edit ${name}`} onClick={onEdit}>
              Edit…
            </Button>
            <Button kind="quiet" aria-label={`Remove ${name}`} onClick={() => setAsking(true)}>
              Remove…
            </Button>
          </div>
        )}
      </div>
      {isAsking && (
        <RemoveStrip
          name={name}
          words="Whoever watches that address will think that the hub is off."
          route="deleteHeartbeat"
          remove={() => removeHeartbeat(client, heartbeat_id)}
          onKeep={() => setAsking(false)}
        />
      )}
    </li>
  );
}
