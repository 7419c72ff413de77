import type { Message, Part } from './message.ts';

/** How one receiver wants to have it. Each takes plain text and makes it harmless there. */
export interface Markup {
  /** At most so much, as `measure` counts. */
  readonly limit: number;
  readonly measure: (text: string) => number;
  heading(text: string): string;
  sentence(text: string): string;
  lines(lines: readonly string[]): string;
  link(url: string): string;
}

interface Piece {
  readonly part: Part;
  /** The most worthy first. */
  readonly worth: number;
  readonly text: string;
}

const PUT_BETWEEN = '\n';
/** Room for what says that there is more. */
const REST = 40;

/**
 * A message as one text that the receiver takes: where not all of it has room, the lines go first, then the links, then the
 * sentences, and what is told of last. A piece is there as a whole or not at all, so that nothing that was made harmless is cut.
 * @param isTitled the first heading is shown elsewhere
 */
export function compose(message: Message, markup: Markup, isTitled = false): string {
  const pieces = message.parts.flatMap((part, n) => piecesOf(part, markup, isTitled && n === 0));
  const taken = new Set<Piece>();
  let room = markup.limit - REST;
  for (const piece of pieces.toSorted((a, b) => a.worth - b.worth)) {
    const size = markup.measure(piece.text + PUT_BETWEEN);
    if (size > room) continue;
    room -= size;
    taken.add(piece);
  }
  const left = message.parts.filter(
    (part, n) => !(isTitled && n === 0) && !pieces.some((piece) => piece.part === part && taken.has(piece)),
  ).length;
  return [
    ...pieces.filter((piece) => taken.has(piece)).map(({ text }) => text),
    ...(left === 0 ? [] : [`and ${left} more`]),
  ].join(PUT_BETWEEN);
}

function piecesOf(part: Part, markup: Markup, isTitled: boolean): Piece[] {
  const { heading, sentences, lines, link } = part;
  return [
    ...(isTitled ? [] : [{ part, worth: 0, text: markup.heading(heading) }]),
    ...sentences.map((sentence) => ({ part, worth: 1, text: markup.sentence(sentence) })),
    // The newest lines tell most; of several alerts at once they would hide the next one.
    ...(lines.length === 0 ? [] : [{ part, worth: 3, text: markup.lines(lines) }]),
    ...(link === null ? [] : [{ part, worth: 2, text: markup.link(link) }]),
  ];
}

const plain = (text: string): string => text;

/** Of a receiver that shows a text as it is. */
export const plainMarkup = (limit: number, measure: Markup['measure'] = ({ length }) => length): Markup => ({
  ...{ limit, measure, heading: plain, sentence: plain, link: plain },
  lines: (lines) => lines.map((line) => `  ${line}`).join('\n'),
});

export const inBytes = (text: string): number => Buffer.byteLength(text);

/** What HTML would take for its own. */
export const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
