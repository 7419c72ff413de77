import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

const WRITER = /zod\/v4\/core\/(json-schema-processors|to-json-schema)\.js$/;
const WORDS = /zod\/v4\/locales\/en\.js$/;
const EXPORTED = /^export (?:const|function) (\w+)/gm;

/**
 * Leaves out the part of zod that writes JSON schemas: only the hub writes any. Every schema refers to it, so nothing else
 * can tell that it is never called; it is a thirtieth of what the first page needs. Left out, too, are the words of zod's own for
 * what is not valid: what people are shown has words of ours.
 */
export function withoutJsonSchema(): Plugin {
  return {
    name: 'without-json-schema',
    apply: 'build',
    enforce: 'pre',
    load(id) {
      if (WORDS.test(id)) return 'export default () => ({ localeError: () => "This is not valid" });';
      if (!WRITER.test(id)) return null;
      const names = [...readFileSync(id, 'utf8').matchAll(EXPORTED)].map(([, name]) => name);
      return [
        'const absent = () => () => { throw new Error("This build writes no JSON schemas"); };',
        ...names.map((name) => `export const ${name} = absent;`),
      ].join('\n');
    },
  };
}
