import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { plotsInAnyLanguage } from './plots-in-any-language.ts';
import { routesWhereAsked } from './routes-where-asked.ts';
import { withoutInlineStyles } from './without-inline-styles.ts';
import { withoutJsonSchema } from './without-json-schema.ts';
import { withoutRouteNotes } from './without-route-notes.ts';

const hubUrl = process.env.HOMELABCMD_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  // The document's `<base>` says where the dashboard lives, and the hub writes it: nothing that is built may know.
  base: './',
  plugins: [
    withoutInlineStyles(),
    plotsInAnyLanguage(),
    withoutJsonSchema(),
    withoutRouteNotes(),
    routesWhereAsked(),
    react({ jsxImportSource: '#visible' }),
    tailwindcss(),
  ],
  // What is made ready beforehand goes past the plugins.
  optimizeDeps: { exclude: ['uplot'] },
  server: { proxy: { '/api': { target: hubUrl, changeOrigin: false } } },
  build: {
    target: ['chrome123', 'firefox128', 'safari17.5'],
    // Fonts stay files: the hub's content security policy allows no `data:` fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // What every page needs is one file: in many small ones each waits its turn and packs worse.
    rolldownOptions: {
      // These make schemas and do nothing else: what no page asks for is left out.
      treeshake: { manualPureFunctions: ['fact', 'hubFact', 'alertFact', 'keyFact', 'userFact'] },
      output: { codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] } },
    },
    license: { fileName: '.vite/licenses.json' },
  },
});
