import type { Alert } from '@homelabcmd/protocol';
import { alertLook } from '../../api/alerts/words.ts';
import { clock } from '../../lib/time-words.ts';
import { Glyph } from '../../ui/glyphs/glyph.tsx';
import { At } from '../../ui/time.tsx';
import { AlertLink } from './alert-link.tsx';

interface HeldBackProps {
  readonly members: readonly Alert[];
  readonly causeId: number;
  /** So many are shown; the story of the cause holds them all. */
  readonly most?: number;
}

/** What nobody was told of because of one cause, and why not. Where the reason is the same for all it stands once. */
export function HeldBack({ members, causeId, most = members.length }: HeldBackProps) {
  if (members.length === 0) return null;
  const reasons = new Set(members.map(({ suppressed }) => suppressed?.reason));
  const [only] = reasons.size === 1 ? reasons : [];
  const more = members.length - most;
  return (
    <>
      <ul className="kids" aria-label="Held back">
        {members.slice(0, most).map((member) => (
          <li key={member.alert_id}>
            <Glyph look={alertLook(member)} />
            <span>
              <AlertLink alert={member}>{member.title}</AlertLink>
              {member.state === 'resolved' && ', resolved'}
              {only === undefined && <span className="dimmer">. {member.suppressed?.reason}</span>}
            </span>
            <span className="dimmer small nowrap">
              <At at={member.since} of={(iso) => clock(iso).slice(0, 5)} />
            </span>
          </li>
        ))}
      </ul>
      <p className="small dimmer kids-end">
        {only !== undefined && `Held back: ${only}`}
        {more > 0 && (
          <>
            {' '}
            <AlertLink alert={{ alert_id: causeId }} className="link">
              {`${more} more in its story`}
            </AlertLink>
          </>
        )}
      </p>
    </>
  );
}
