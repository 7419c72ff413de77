import type { Plugin } from 'vite';

const TOASTS = /\/sonner\/dist\/index\.mjs$/;
const BEGINNING = 'function __insertCSS(code) {';

/**
 * The toasts' library writes its style sheet into the page as it is loaded, which the hub's content security policy forbids.
 * It ships the same sheet as a file, which is bundled with the rest.
 */
export function withoutInlineStyles(): Plugin {
  return {
    name: 'without-inline-styles',
    enforce: 'pre',
    transform(code, id) {
      if (!TOASTS.test(id)) return null;
      if (!code.includes(BEGINNING))
        this.error('The toasts insert their styles in another way than they did');
      return {
        code: `import './styles.css';\n${code.replace(BEGINNING, `${BEGINNING} return;`)}`,
        map: null,
      };
    },
  };
}
