import type { Action } from '@homelabcmd/protocol';
import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import { openBadge } from '../../../api/vocabulary/action.ts';
import { Glyph } from '../../../ui/glyphs/glyph.tsx';
import { Icon } from '../../../ui/glyphs/icon.tsx';

/** Says in a service's name line that something is open for it, and leads there. */
export const OpenActionBadge = memo(function OpenActionBadge({ action }: { action: Action }) {
  const look = openBadge(action);
  return (
    <Link
      className={`badge relative ${look.tone === 'warn' ? 'is-warn' : 'is-acc'}`}
      to="/actions/$actionId"
      params={{ actionId: String(action.action_id) }}
    >
      <Glyph look={look} />
      {look.word}
    </Link>
  );
});

export function ReviewLink({ actionId, word = 'Review' }: { actionId: number; word?: string }) {
  return (
    <Link className="btn btn-plain" to="/actions/$actionId" params={{ actionId: String(actionId) }}>
      {word}
      <Icon name="right" />
    </Link>
  );
}
