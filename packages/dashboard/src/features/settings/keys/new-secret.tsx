import { useEffect, useRef } from 'react';
import type { NewKey } from '../../../api/settings/keys.ts';
import { Button } from '../../../ui/button.tsx';
import { Copyable } from '../../../ui/copy.tsx';
import { Glyph } from '../../../ui/glyphs/glyph.tsx';

/** The secret of a key that has just been made. It is on this page and nowhere else, until it is closed. */
export function NewSecret({ made, onDone }: { made: NewKey; onDone: () => void }) {
  const title = useRef<HTMLParagraphElement>(null);
  useEffect(() => title.current?.focus(), []);
  return (
    <div className="new-secret" role="group" aria-labelledby="new-secret">
      <p id="new-secret" ref={title} tabIndex={-1} className="strong">
        <Glyph look={{ shape: 'discTick', tone: 'ok' }} /> The key {made.key.name} is made. Copy it now.
      </p>
      <Copyable text={made.secret} what="key" />
      <p className="note">
        It is shown this once: the hub keeps only a digest of it, so nobody can look it up later. Put it into
        a password manager, or where the program reads it.
      </p>
      <p className="mt-3">
        <Button onClick={onDone}>I have kept it</Button>
      </p>
    </div>
  );
}
