import { useEffect, useRef } from 'react';
import type { Invited } from '../../../api/access/people.ts';
import { invitationLink } from '../../../lib/browser/fragment-secret.ts';
import { day, hourMinute } from '../../../lib/time-words.ts';
import { Button } from '../../../ui/button.tsx';
import { Copyable } from '../../../ui/copy.tsx';
import { Glyph } from '../../../ui/glyphs/glyph.tsx';
import { At } from '../../../ui/time.tsx';

const until = (iso: string): string => `${day(iso)}, ${hourMinute(Date.parse(iso))}`;

/** The link with which somebody chooses a password. It is on this page and nowhere else, until it is closed. */
export function InvitationLink({ invited, onDone }: { invited: Invited; onDone: () => void }) {
  const { user, token, expires_at } = invited;
  const title = useRef<HTMLParagraphElement>(null);
  useEffect(() => title.current?.focus(), []);
  return (
    <div className="new-secret" role="group" aria-labelledby="invitation">
      <p id="invitation" ref={title} tabIndex={-1} className="strong">
        <Glyph look={{ shape: 'discTick', tone: 'ok' }} /> {user.name} is invited. Hand them this link.
      </p>
      <Copyable text={invitationLink(token, user.name)} what="link" />
      <p className="note">
        It works once, until <At at={expires_at} of={until} />, and is shown only now. Whoever opens it first
        chooses the password of {user.name}, so give it to them and to nobody else.
      </p>
      <p className="mt-3">
        <Button onClick={onDone}>I have handed it over</Button>
      </p>
    </div>
  );
}
