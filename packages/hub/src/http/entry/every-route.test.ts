import { fastify } from 'fastify';
import { expect, test } from 'vitest';
import { linesOfTable, watchRoutes } from './every-route.ts';

async function mounting(paths: readonly string[], basePath = ''): Promise<() => void> {
  const app = fastify();
  const allAreInTable = watchRoutes(app, basePath);
  await app.register(
    async (site) => {
      for (const path of paths) site.get(path, async () => '');
    },
    { prefix: basePath },
  );
  await app.ready();
  return allAreInTable;
}

test.each(['', '/homelab'])('what is in the table may be served, below "%s" too', async (basePath) => {
  expect(await mounting(['/healthz', '/api/v1/servers/:server_id', '/'], basePath)).not.toThrow();
});

test.each(['/api/v1/servers/:server_id/secrets', '/metricz', '/api/v1/servers/:id'])(
  'a route without a line does not start: %s',
  async (path) => {
    expect(await mounting(['/healthz', path])).toThrow(
      `No line in the table of who may do what: GET ${path}`,
    );
  },
);

test('no two lines are for one route', () => {
  const lines = linesOfTable();
  expect(new Set(lines).size).toBe(lines.length);
});
