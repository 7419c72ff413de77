import { Link } from '@tanstack/react-router';
import { changeLook } from '../../../api/timeline/change-look.ts';
import { StatusWord } from '../../../ui/glyphs/glyph.tsx';
import type { EntryKind } from './kind.ts';

export const service: EntryKind<'service'> = {
  look: changeLook,
  Words: ({ entries, serverId }) =>
    entries.map((entry) => (
      <p key={entry.event_id}>
        <Link
          className="strong"
          to="/servers/$serverId/services/$serviceName/history"
          params={{ serverId, serviceName: entry.service_name }}
        >
          {entry.service_name}
        </Link>{' '}
        <StatusWord look={changeLook(entry)} /> {entry.reason !== null && <span>{entry.reason}</span>}
      </p>
    )),
};
