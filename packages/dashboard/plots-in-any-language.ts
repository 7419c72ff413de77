import type { Plugin } from 'vite';

const PLOTS = /\/uplot\/dist\/uPlot\.esm\.js(?:$|\?)/;
const ASKS = 'new Intl.NumberFormat(domEnv ? nav.language : ';

/**
 * The plots' library writes numbers in the language that the browser names, and does not load where that is no language to
 * `Intl`: a Chromium of a POSIX locale says `en-US@posix`. We write all numbers ourselves, so any language will do.
 */
export function plotsInAnyLanguage(): Plugin {
  return {
    name: 'plots-in-any-language',
    enforce: 'pre',
    transform(code, id) {
      if (!PLOTS.test(id)) return null;
      if (!code.includes(ASKS)) this.error('The plots ask for the language in another way than they did');
      return { code: code.replace(ASKS, "new Intl.NumberFormat(domEnv ? 'en-GB' : "), map: null };
    },
  };
}
