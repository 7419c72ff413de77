import type { Alert } from '@homelabcmd/protocol';
import { type FormEvent, useState } from 'react';
import { useMay, useNotAllowed } from '../../../api/access/may.ts';
import { needsSomeone } from '../../../api/alerts/open-alerts.ts';
import { Button } from '../../../ui/button.tsx';
import { SilenceButtons } from '../silence/silence-buttons.tsx';
import { useAcknowledge } from '../use-acknowledge.ts';

/** What a person can say of it: I look after it, I do not, tell nobody for a while. */
export function Decide({ alert }: { alert: Alert }) {
  const may = useMay('acknowledgeAlert');
  const whyNot = useNotAllowed('acknowledgeAlert');
  const { acknowledge, isSending, off, takeBack } = useAcknowledge(alert);
  const [isNoting, setNoting] = useState(false);
  if (alert.state === 'resolved' || alert.state === 'pending') return null;
  if (!may) return <p className="note dim">{whyNot}.</p>;
  if (isNoting && alert.state === 'firing')
    return (
      <NoteForm
        off={off}
        isSending={isSending}
        onSend={(note) => void acknowledge(note).then((isDone) => isDone && setNoting(false))}
        onBack={() => setNoting(false)}
      />
    );
  return (
    <div className="story-ends">
      {alert.state === 'firing' && (
        <>
          <Button off={off} isBusy={isSending} onClick={() => void acknowledge()}>
            Acknowledge
          </Button>
          <Button kind="plain" onClick={() => setNoting(true)}>
            With a note…
          </Button>
        </>
      )}
      {alert.state === 'acknowledged' && (
        <Button kind="quiet" off={off} isBusy={isSending} onClick={() => void takeBack()}>
          Take back
        </Button>
      )}
      {(needsSomeone(alert) || alert.suppressed === null) && <SilenceButtons alert={alert} kind="quiet" />}
    </div>
  );
}

interface NoteFormProps {
  readonly off: string | null;
  readonly isSending: boolean;
  readonly onSend: (note: string) => void;
  readonly onBack: () => void;
}

function NoteForm({ off, isSending, onSend, onBack }: NoteFormProps) {
  const [note, setNote] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (off === null && !isSending) onSend(note);
  };
  return (
    <form
      className="story-note"
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onBack();
      }}
    >
      <input
        className="line-input"
        aria-label="Note"
        placeholder="New disk arrives Tuesday"
        maxLength={500}
        value={note}
        autoFocus
        onChange={(event) => setNote(event.target.value)}
      />
      <Button type="submit" off={off} isBusy={isSending}>
        Acknowledge
      </Button>
      <Button kind="plain" onClick={onBack}>
        Back
      </Button>
    </form>
  );
}
