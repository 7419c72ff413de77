import { z } from 'zod';

/*
 * What the hub's content security policy asks of libraries, said before the first of them begins: this file is imported before
 * anything else.
 */

// zod compiles schemas with `new Function`, which is forbidden. It must be told before the first schema is made.
z.config({ jitless: true });

/** What keeps the page from scrolling behind an open menu writes a style sheet, and looks here for the word that lets it in. */
declare global {
  var __webpack_nonce__: string | undefined;
}
globalThis.__webpack_nonce__ =
  document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.content ?? '';
