import './door.css';
import type { ReactNode } from 'react';
import { Brand } from '../../ui/brand.tsx';
import { Glyph } from '../../ui/glyphs/glyph.tsx';

interface DoorProps {
  readonly title: string;
  readonly lede: ReactNode;
  readonly children: ReactNode;
  /** Said below the line. */
  readonly foot?: ReactNode;
}

/** What whoever is not signed in sees: one column, and one thing to do. */
export function Door({ title, lede, children, foot }: DoorProps) {
  return (
    <main className="lone">
      <title>{`${title} · HomelabCmd`}</title>
      <div className="lone-in">
        <Brand />
        <h1>{title}</h1>
        <p className="lede">{lede}</p>
        {children}
        {foot !== undefined && <div className="foot">{foot}</div>}
      </div>
    </main>
  );
}

/** The place where it is said why somebody was turned away: it is there from the start, so that nothing moves. */
export function TurnedAway({ id, words }: { id: string; words: string | null }) {
  return (
    <p id={id} className="bad text-note min-h-5" role="alert">
      {words !== null && (
        <>
          <Glyph look={{ shape: 'diamond', tone: 'bad' }} /> {words}
        </>
      )}
    </p>
  );
}
