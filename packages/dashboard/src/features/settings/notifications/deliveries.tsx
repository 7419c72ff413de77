import type { Delivery } from '@homelabcmd/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { detailOf, requestIdOf } from '../../../api/problem.ts';
import { retryDelivery, useDeliveries } from '../../../api/settings/notifications.ts';
import { useSending } from '../../../api/use-sending.ts';
import { Button } from '../../../ui/button.tsx';
import { FormError } from '../../../ui/form/fields.tsx';
import { Glyph, type Look } from '../../../ui/glyphs/glyph.tsx';
import { PanelError } from '../../../ui/panel-error.tsx';
import { RowSkeleton } from '../../../ui/skeleton.tsx';
import { Ago } from '../../../ui/time.tsx';

const LOOKS: Record<Delivery['state'], Look> = {
  waiting: { shape: 'clock', tone: 'acc', word: 'To be sent' },
  held: { shape: 'hourglass', tone: 'mute', word: 'Held back until the quiet hours end' },
  delivered: { shape: 'discTick', tone: 'ok', word: 'Arrived' },
  failed: { shape: 'diamond', tone: 'bad', word: 'Given up' },
  not_told: { shape: 'ringBar', tone: 'mute', word: 'Not told' },
};

const OCCASIONS: Record<Delivery['occasion'], string> = {
  fired: '',
  repeated: 'Still: ',
  escalated: 'Nobody looks after it: ',
  resolved: 'Over: ',
  event: 'Event ',
};

/** What was told lately, what is to be told, and what nobody was told and why. */
export function Deliveries() {
  const deliveries = useDeliveries();
  const failed = deliveries.isError && deliveries.data === undefined ? deliveries : null;
  return (
    <>
      <h3 className="settings-sub">Lately</h3>
      {deliveries.isPending && <RowSkeleton rows={3} label="Loading what was told" />}
      {failed !== null && (
        <PanelError
          title="Could not load what was told"
          detail={detailOf(failed.error)}
          requestId={requestIdOf(failed.error)}
          onRetry={() => void failed.refetch()}
        />
      )}
      {deliveries.data?.length === 0 && <p className="dim">Nothing had to be told yet.</p>}
      {deliveries.data !== undefined && deliveries.data.length > 0 && (
        <ul className="attn keys" aria-label="What was told lately">
          {deliveries.data.map((delivery) => (
            <DeliveryRow key={delivery.delivery_id} delivery={delivery} />
          ))}
        </ul>
      )}
    </>
  );
}

function DeliveryRow({ delivery }: { delivery: Delivery }) {
  const { delivery_id, channel, occasion, title, state, because, tries, created_at } = delivery;
  const client = useQueryClient();
  const { send, isSending, off, problem } = useSending('retryDelivery');
  return (
    <li data-delivery={state}>
      <div className="attn-head">
        <Glyph look={LOOKS[state]} />
        <div>
          <p className="what">
            {OCCASIONS[occasion]}
            {title}
          </p>
          <p className="why">
            {LOOKS[state].word}, by {channel}, <Ago at={created_at} />. {because !== null && because}{' '}
            {tries > 1 && `${tries} tries.`}
          </p>
          {problem !== null && <FormError words={problem} />}
        </div>
        {state === 'failed' && (
          <div className="row-actions">
            <Button
              off={off}
              isBusy={isSending}
              aria-label={`Try again: ${title}`}
              onClick={() => void send(() => retryDelivery(client, delivery_id))}
            >
              Try again
            </Button>
          </div>
        )}
      </div>
    </li>
  );
}
