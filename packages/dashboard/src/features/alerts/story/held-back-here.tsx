import type { Alert } from '@homelabcmd/protocol';
import { alertLook } from '../../../api/alerts/words.ts';
import { clock } from '../../../lib/time-words.ts';
import { Glyph } from '../../../ui/glyphs/glyph.tsx';
import { At } from '../../../ui/time.tsx';
import { AlertLink } from '../alert-link.tsx';

/** Everything that nobody was told of because of it, each with the reason. */
export function HeldBackHere({ members }: { members: readonly Alert[] }) {
  if (members.length === 0) return null;
  return (
    <section aria-labelledby="held-back">
      <div className="sec">
        <h3 id="held-back">Held back</h3>
        <span className="dimmer">{members.length}</span>
      </div>
      <ul className="kids">
        {members.map((member) => (
          <li key={member.alert_id}>
            <Glyph look={alertLook(member)} />
            <span>
              <AlertLink alert={member}>{member.title}</AlertLink>
              {member.state === 'resolved' && ', resolved'}
              <span className="dimmer"> {member.suppressed?.reason}</span>
            </span>
            <span className="dimmer small nowrap">
              <At at={member.since} of={(iso) => clock(iso).slice(0, 5)} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
