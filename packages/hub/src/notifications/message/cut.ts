import { visible } from '@homelabcmd/protocol';

const CHARACTERS = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** Marks that are piled on one letter without end are no character that is kept whole. */
const LONGEST_CHARACTER = 40;

/** A text of one line in which nothing is hidden, of at most `max` units of UTF-16: what is cut off is never half a character. */
export function cut(text: string, max: number): string {
  // What is far too long is shortened before it is looked at; what this may have halved is cut off below.
  const shown = visible(text.slice(0, 4 * max + LONGEST_CHARACTER));
  if (shown.length <= max && text.length <= 4 * max + LONGEST_CHARACTER) return shown;
  let kept = '';
  for (const { segment } of CHARACTERS.segment(shown)) {
    if (segment.length > LONGEST_CHARACTER || kept.length + segment.length > max - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}
