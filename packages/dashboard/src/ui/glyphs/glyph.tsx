import { SHAPES, type Shape } from './shapes.tsx';

export type Tone = 'ok' | 'bad' | 'warn' | 'acc' | 'mute';

/** How a state is shown: shape, colour and word together. */
export interface Look {
  readonly shape: Shape;
  readonly tone: Tone;
  readonly word: string;
  /** It is under way: the shape turns, unless the reader wants no motion. */
  readonly isTurning?: boolean;
}

/** The shape alone; the word must stand beside it as text. */
export function Glyph({ look }: { look: Pick<Look, 'shape' | 'tone' | 'isTurning'> }) {
  return (
    <svg
      className={`g g-${look.tone} ${look.isTurning ? 'g-turn' : ''}`}
      viewBox="0 0 16 16"
      aria-hidden="true"
      focusable="false"
    >
      {SHAPES[look.shape]}
    </svg>
  );
}

/** Words of these tones take the colour; a well state keeps the colour of text. */
const COLOURED: Record<Tone, string> = {
  ok: '',
  bad: 'is-bad',
  warn: 'is-warn',
  acc: 'is-acc',
  mute: 'is-mute',
};

/** The word, in its colour. */
export function StatusWord({ look }: { look: Look }) {
  return <span className={`st ${COLOURED[look.tone]}`}>{look.word}</span>;
}

/** Shape and word in one line. */
export function Status({ look }: { look: Look }) {
  return (
    <span className={`st ${COLOURED[look.tone]}`}>
      <Glyph look={look} />
      {look.word}
    </span>
  );
}
