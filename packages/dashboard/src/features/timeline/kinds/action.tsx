import { Link } from '@tanstack/react-router';
import { actionLook } from '../../../api/vocabulary/action.ts';
import { StatusWord } from '../../../ui/glyphs/glyph.tsx';
import type { EntryKind } from './kind.ts';

export const action: EntryKind<'action'> = {
  look: ({ status }) => actionLook(status),
  Words: ({ entries }) =>
    entries.map(({ event_id, action_id, service_name, status, actor, detail }) => (
      <p key={event_id}>
        <Link className="link" to="/actions/$actionId" params={{ actionId: String(action_id) }}>
          Action #{action_id}
        </Link>{' '}
        <StatusWord look={actionLook(status)} />{' '}
        <span className="dim">
          for {service_name}
          {detail === '' ? `, ${actor}` : detail.startsWith(actor) ? `: ${detail}` : `: ${detail}, ${actor}`}
        </span>
      </p>
    )),
};
