/**
 * What a page of the hub may do, whoever got a word into it: run scripts and styles that are files of ours, speak with us alone,
 * and be in nobody's frame. Nothing inline, and no text becomes script: the browser refuses it (Trusted Types).
 * @param styleNonce lets in the style sheet of what keeps a page from scrolling, which is written as it is needed
 */
export function directivesOf(styleNonce: string | null): Record<string, string[]> {
  return {
    'default-src': ["'self'"],
    'script-src': ["'self'"],
    'style-src': styleNonce === null ? ["'self'"] : ["'self'", `'nonce-${styleNonce}'`],
    'img-src': ["'self'", 'data:'],
    'font-src': ["'self'"],
    'connect-src': ["'self'"],
    'object-src': ["'none'"],
    'frame-ancestors': ["'none'"],
    'base-uri': ["'self'"],
    'form-action': ["'self'"],
    'require-trusted-types-for': ["'script'"],
    'trusted-types': ["'none'"],
  };
}

/** The same as the text of the header. */
export const policyWith = (styleNonce: string): string =>
  Object.entries(directivesOf(styleNonce))
    .map(([name, values]) => `${name} ${values.join(' ')}`)
    .join(';');
