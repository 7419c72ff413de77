import type { ReactNode } from 'react';
import { Command } from './copy.tsx';
import { Glyph } from './glyphs/glyph.tsx';

interface FixNoticeProps {
  readonly id?: string;
  readonly title: string;
  readonly detail: string;
  /** What to type to change it, or `null` when nothing would. */
  readonly command: string | null;
  /** Said before the command: where to type it, and what happens then. */
  readonly hint: ReactNode;
}

/** Something is not possible now: that it is so, why, and the command that changes it. */
export function FixNotice({ id, title, detail, command, hint }: FixNoticeProps) {
  return (
    <div className="not-allowed" id={id}>
      <p>
        <Glyph look={{ shape: 'ringSlash', tone: 'warn' }} /> <b className="ink">{title}</b> {detail}
      </p>
      {command !== null && (
        <>
          <p>{hint}</p>
          <Command text={command} />
        </>
      )}
    </div>
  );
}
