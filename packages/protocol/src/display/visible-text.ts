/**
 * Characters that show nothing, or change how what stands around them is shown: controls (C0, DEL, C1), what turns the direction of
 * writing, what has no width, separators of lines, halves of characters. A name with one of them looks like another name.
 */
const CLASSES = '\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}';
const HIDDEN = new RegExp(`[\\p{Cc}${CLASSES}]`, 'u');

/**
 * The same, one by one. First what is left alone: the tab, and what joins or colours emoji where it stands after one; no name is
 * told apart by them that could not be told apart by its emoji.
 */
const EMOJI = '\\p{Extended_Pictographic}';
const LEFT = `\\t|(?<=${EMOJI})\\uFE0F|(?<=[${EMOJI}\\p{Emoji_Modifier}]\\uFE0F?)\\u200D(?=${EMOJI})`;
const EACH = new RegExp(`(${LEFT})|${HIDDEN.source}`, 'gu');

/** The code point as people look it up: `U+202E`. */
const nameOf = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

const markOf = (character: string): string => (character === '\n' ? '⏎' : `⟨${nameOf(character)}⟩`);

/**
 * A text as it is shown to people, on a page or a terminal: nothing in it is hidden and it is one line. What would be hidden stands
 * there as `⟨U+202E⟩`, the end of a line as `⏎`. To make it visible once more changes nothing.
 */
export const visible = (text: string): string =>
  HIDDEN.test(text)
    ? text.replace(EACH, (character, left: string | undefined) => left ?? markOf(character))
    : text;

const unitOf = (unit: number): string => `\\u${unit.toString(16).padStart(4, '0')}`;

// Marked, so that the dashboard, which writes no JSON for people, is built without it.
const HIDDEN_IN_JSON = /* @__PURE__ */ new RegExp(`[\\x7F-\\x9F${CLASSES}]`, 'gu');

/**
 * JSON of one line, with what would be hidden in it written as JSON's own escapes: it is read back as the very same text. JSON
 * itself escapes only what is below U+0020.
 */
export const plainJson = (json: string): string =>
  json.replace(HIDDEN_IN_JSON, (character) =>
    Array.from({ length: character.length }, (_, at) => unitOf(character.charCodeAt(at))).join(''),
  );
