import './notifications.css';
import type { Channel } from '@homelabcmd/protocol';
import { useState } from 'react';
import { useMay } from '../../../api/access/may.ts';
import { detailOf, requestIdOf } from '../../../api/problem.ts';
import { useChannelKinds, useChannels } from '../../../api/settings/notifications.ts';
import { Button } from '../../../ui/button.tsx';
import { PanelError } from '../../../ui/panel-error.tsx';
import { RowSkeleton } from '../../../ui/skeleton.tsx';
import { ChannelForm } from './channel-form.tsx';
import { ChannelRow } from './channel-row.tsx';
import { Deliveries } from './deliveries.tsx';
import { Heartbeats } from './heartbeats.tsx';

/** Who is told of alerts, how, and what became of it. */
export function NotificationsSection() {
  const channels = useChannels();
  const mayChange = useMay('createChannel');
  const [edited, setEdited] = useState<Channel | 'new' | null>(null);
  const failed = channels.isError && channels.data === undefined ? channels : null;
  const known = useChannelKinds().data ?? [];
  return (
    <>
      <div className="settings-lede">
        <p>
          A channel tells somebody of alerts, by the way that you choose. What a receiver cannot take is tried
          again for a day; what is given up is shown here.
        </p>
        {mayChange && (
          <Button
            kind="primary"
            off={known.length === 0 ? 'The kinds of channels are not here yet' : null}
            onClick={() => setEdited('new')}
          >
            Add a channel
          </Button>
        )}
      </div>
      {channels.isPending && <RowSkeleton rows={3} label="Loading the channels" />}
      {failed !== null && (
        <PanelError
          title="Could not load the channels"
          detail={detailOf(failed.error)}
          requestId={requestIdOf(failed.error)}
          onRetry={() => void failed.refetch()}
        />
      )}
      {mayChange && <WithoutKinds />}
      {channels.data?.length === 0 && (
        <p className="dim">There is none yet: alerts are shown here, and nobody is told of them.</p>
      )}
      {channels.data !== undefined && channels.data.length > 0 && (
        <ul className="attn keys" aria-label="Channels">
          {channels.data.map((channel) => (
            <ChannelRow
              key={channel.channel_id}
              channel={channel}
              title={known.find(({ kind }) => kind === channel.kind)?.title ?? channel.kind}
              onEdit={() => setEdited(channel)}
            />
          ))}
        </ul>
      )}
      <Deliveries />
      <Heartbeats />
      {edited !== null && known.length > 0 && (
        <ChannelForm
          channel={edited === 'new' ? null : edited}
          kinds={known}
          onClose={() => setEdited(null)}
        />
      )}
    </>
  );
}

/** No channel can be added or changed without the kinds of them. */
function WithoutKinds() {
  const { data, error, isError, refetch } = useChannelKinds();
  if (!isError || data !== undefined) return null;
  return (
    <PanelError
      title="Could not load the kinds of channels"
      detail={detailOf(error)}
      requestId={requestIdOf(error)}
      onRetry={() => void refetch()}
    />
  );
}
