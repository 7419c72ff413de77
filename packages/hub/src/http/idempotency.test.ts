import { route } from '@homelabcmd/protocol';
import { fastify } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { WishesInFlight } from './idempotency.ts';
import { systemClock } from '../lib/clock.ts';
import { mount } from './mount.ts';
import { installProblems } from './problems.ts';

const contract = route({
  method: 'POST',
  path: '/things',
  summary: 'Ask for a thing',
  tag: 'hub',
  once: true,
  status: 200,
  response: z.object({ done: z.number() }),
  problems: [],
});

test('while a request is under way its name is taken: 409, and free again when it has ended, well or not', async () => {
  const entered = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  let done = 0;
  const app = fastify();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  installProblems(app);
  app.decorateRequest('principal');
  const handler = async () => {
    entered.resolve();
    await release.promise;
    done += 1;
    if (done === 1) throw new Error('the first one fails');
    return { done };
  };
  app.decorateRequest('signedIn', null);
  mount(app, 'fleetDay', contract, handler, {
    permit: async (request) => {
      const id = String(request.headers['x-api-key']);
      const principal = { id, name: 'kim', kind: 'key', userId: null, role: null, scopes: [] } as const;
      return { principal, session: null, reader: async () => principal };
    },
    clock: systemClock,
    head: () => 0,
    reach: { publicUrl: null, basePath: '' },
    wishes: new WishesInFlight(),
  });
  const post = async (key: string, keyId = 'key_a') =>
    app.inject({
      method: 'POST',
      url: '/api/v1/things',
      headers: { 'idempotency-key': key, 'x-api-key': keyId },
    });

  const first = post('once');
  await entered.promise;
  const second = await post('once');
  expect([second.statusCode, second.json()]).toEqual([
    409,
    expect.objectContaining({ code: 'request_in_flight' }),
  ]);
  const others = [post('another'), post('once', 'key_b')];
  release.resolve();
  expect((await first).statusCode).toBe(500);
  expect((await Promise.all(others)).map(({ statusCode }) => statusCode)).toEqual([200, 200]);
  expect((await post('once')).json()).toEqual({ done: 4 });
  await app.close();
});
