import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const PROTOCOL = join(import.meta.dirname, '../protocol/src');
const GROUP = /^export const (\w+Routes) = \{\n([\s\S]*?)^\} as const/gm;
const ROUTE = /^ {2}(\w+): route\(/gm;
const ALL = join(PROTOCOL, 'api/index.ts');
const API = /^import [^;]*;\n|^export const api = \{[\s\S]*?^\} as const;\n/gm;
/** Every file with routes; of these a page imports the routes, which it then asks for, and types. */
const INDEX = join(PROTOCOL, 'index.ts');
const OF_ROUTES =
  /^export .* from '\.\/(?:access\/[\w-]+-routes|api\/(?:services|audit|sealed|hub)|notifications\/(?:channel|delivery))\.ts';\n/gm;
const ASKS = /\bapi\.(\w+)/g;

interface Group {
  readonly name: string;
  readonly file: string;
}

/** In which file, and in which constant of it, each route of the protocol stands. */
function groupsByRoute(): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>();
  for (const path of globSync('**/*routes.ts', { cwd: PROTOCOL }).concat(
    globSync('api/*.ts', { cwd: PROTOCOL }),
  )) {
    const file = join(PROTOCOL, path);
    for (const [, name = '', body = ''] of readFileSync(file, 'utf8').matchAll(GROUP))
      for (const [, route = ''] of body.matchAll(ROUTE)) groups.set(route, { name, file });
  }
  return groups;
}

/**
 * Has each part of the dashboard ask for the routes that it calls, and not for `api`, which is all of them: what no first
 * page calls comes with the page that does.
 */
export function routesWhereAsked(): Plugin {
  const groups = groupsByRoute();
  return {
    name: 'routes-where-asked',
    apply: 'build',
    enforce: 'pre',
    transform(code, id) {
      if (id === ALL) return { code: code.replaceAll(API, '') + 'export const api = {};\n', map: null };
      if (id === INDEX) return { code: code.replaceAll(OF_ROUTES, ''), map: null };
      if (!id.includes('/dashboard/src/') || !/\bapi\b/.test(code)) return null;
      const imports = new Set<string>();
      const asking = code.replaceAll(ASKS, (_, route: string) => {
        const group = groups.get(route);
        if (group === undefined) throw new Error(`${id}: no file of the protocol has the route ${route}`);
        imports.add(`import { ${group.name} } from '${group.file}';\n`);
        return `${group.name}.${route}`;
      });
      return { code: [...imports].join('') + asking, map: null };
    },
  };
}
