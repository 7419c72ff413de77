import { Link } from '@tanstack/react-router';
import { actorWords } from '../../../api/vocabulary/actor.ts';
import { severityLook } from '../../../api/alerts/words.ts';
import type { Look } from '../../../ui/glyphs/glyph.tsx';
import { StatusWord } from '../../../ui/glyphs/glyph.tsx';
import type { EntryKind, EntryOf } from './kind.ts';

function lookOf({ moved, severity }: EntryOf<'alert'>): Look {
  switch (moved) {
    case 'fired':
    case 'escalated':
      return severityLook(severity);
    case 'resolved':
      return { shape: 'discTick', tone: 'ok', word: 'Resolved' };
    case 'acknowledged':
      return { shape: 'ringTick', tone: 'mute', word: 'Acknowledged' };
    case 'unacknowledged':
    case 'suppressed':
      return { ...severityLook(severity), tone: 'mute' };
  }
}

const WORDS: Readonly<Record<EntryOf<'alert'>['moved'], (by: string) => string>> = {
  fired: () => '',
  suppressed: () => 'nobody is told: another alert is its cause',
  escalated: () => 'nobody looked after it, so it is told once more',
  acknowledged: (by) => `acknowledged by ${by}`,
  unacknowledged: (by) => `${by} took the acknowledgement back`,
  resolved: () => 'is over',
};

export const alert: EntryKind<'alert'> = {
  look: lookOf,
  Words: ({ entries }) =>
    entries.map((entry) => {
      const words = WORDS[entry.moved](actorWords(entry.actor));
      return (
        <p key={entry.event_id}>
          <StatusWord look={lookOf(entry)} />{' '}
          <Link className="link" to="/alerts/$alertId" params={{ alertId: String(entry.alert_id) }}>
            {entry.title}
          </Link>
          {words !== '' && <span className="dim">, {words}</span>}
        </p>
      );
    }),
};
