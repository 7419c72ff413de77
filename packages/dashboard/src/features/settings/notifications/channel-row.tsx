import type { Channel, ChannelTest } from '@homelabcmd/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useMay } from '../../../api/access/may.ts';
import { removeChannel, tryChannel } from '../../../api/settings/notifications.ts';
import { useSending } from '../../../api/use-sending.ts';
import { Button } from '../../../ui/button.tsx';
import { FormError } from '../../../ui/form/fields.tsx';
import { Glyph, type Look, Status } from '../../../ui/glyphs/glyph.tsx';
import { Ago } from '../../../ui/time.tsx';
import { RemoveStrip } from '../remove-strip.tsx';
import { routingWords } from './routing-words.ts';

interface ChannelRowProps {
  readonly channel: Channel;
  /** What its kind is called. */
  readonly title: string;
  readonly onEdit: () => void;
}

const LOOKS: Record<Channel['health']['state'] | 'off', Look> = {
  unused: { shape: 'ringDashed', tone: 'mute', word: 'Not used yet' },
  well: { shape: 'disc', tone: 'ok', word: 'Works' },
  failing: { shape: 'diamond', tone: 'bad', word: 'Failing' },
  off: { shape: 'square', tone: 'mute', word: 'Switched off' },
};

export function ChannelRow({ channel, title, onEdit }: ChannelRowProps) {
  const { channel_id, name, enabled, health } = channel;
  const client = useQueryClient();
  const mayChange = useMay('putChannel');
  const [isAsking, setAsking] = useState(false);
  const [answer, setAnswer] = useState<ChannelTest | null>(null);
  const { send, isSending, off, problem } = useSending('testChannel');
  const test = () => send(async () => setAnswer(await tryChannel(channel_id)));
  return (
    <li data-channel={name}>
      <div className="attn-head">
        <Glyph look={LOOKS[enabled ? health.state : 'off']} />
        <div>
          <p className="what">
            {name} <span className="badge">{title}</span>
          </p>
          <Health channel={channel} />
          <p className="why">{routingWords(channel)}</p>
          {answer !== null && <Answer answer={answer} />}
          {problem !== null && <FormError words={problem} />}
        </div>
        {!isAsking && (
          <div className="row-actions">
            <Button off={off} isBusy={isSending} aria-label={`Test ${name}`} onClick={() => void test()}>
              Test
            </Button>
            {mayChange && (
              <>
                <Button kind="quiet" aria-label={`Edit ${name}`} onClick={onEdit}>
                  Edit…
                </Button>
                <Button kind="quiet" aria-label={`Remove ${name}`} onClick={() => setAsking(true)}>
                  Remove…
                </Button>
              </>
            )}
          </div>
        )}
      </div>
      {isAsking && (
        <RemoveStrip
          name={name}
          words="What it has yet to tell goes with it."
          route="deleteChannel"
          remove={() => removeChannel(client, channel_id)}
          onKeep={() => setAsking(false)}
        />
      )}
    </li>
  );
}

function Health({ channel: { enabled, health } }: { channel: Channel }) {
  const { state, last_delivered_at, last_failure, last_failed_at, waiting, held } = health;
  return (
    <p className="why">
      <span className={state === 'failing' && enabled ? 'is-bad' : ''}>
        {LOOKS[enabled ? state : 'off'].word}
      </span>
      {last_delivered_at !== null && (
        <>
          . Last arrived <Ago at={last_delivered_at} />
        </>
      )}
      {state === 'failing' && last_failed_at !== null && (
        <>
          . <Ago at={last_failed_at} />: {last_failure}
        </>
      )}
      {waiting > 0 && ` ${waiting} to be sent.`}
      {held > 0 && ` ${held} held back until the quiet hours end.`}
    </p>
  );
}

/** What the receiver said, in its own words: a stranger’s text. */
function Answer({ answer: { delivered, outcome, said, took_ms } }: { answer: ChannelTest }) {
  return (
    <div role="status">
      <p className="why">
        <Status
          look={{
            shape: delivered ? 'discTick' : 'diamond',
            tone: delivered ? 'ok' : 'bad',
            word: `${outcome} ${took_ms} ms`,
          }}
        />
      </p>
      {said !== null && <pre className="said mono">{said}</pre>}
    </div>
  );
}
