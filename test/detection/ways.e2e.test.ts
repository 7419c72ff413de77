import { api, findingOf, findingSentence, type Finding, type Service } from '@homelabcmd/protocol';
import { ProblemAnswer } from '@homelabcmd/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labProblem, type LabServer } from '../../lab/index.ts';
import { type House, openHouse, until } from '../house/house.ts';
import type { Hands, Way } from './ways/way.ts';
import { WAYS } from './ways.ts';

const SERVER = { server_id: 'media-01' };
const SEEN_WITHIN_MS = 20_000;

describe.skipIf(labProblem() !== null)(`each way to be down ${labProblem() ?? ''}`, () => {
  let house: House;
  let server: LabServer;

  beforeAll(async () => {
    house = await openHouse();
    server = await house.addServer('media-01', {
      units: Object.assign({}, ...WAYS.map(({ units }) => units)) as Record<string, string>,
    });
    const services = WAYS.map(({ service, probe }) => ({
      service_name: service,
      ...(probe === undefined ? {} : { probe: probeOf(probe) }),
    }));
    await house.client.call(api.expectServices, { params: SERVER, body: { services } });
  }, 120_000);
  afterAll(() => house?.[Symbol.asyncDispose]());

  const probeOf = ({ port, host = '127.0.0.1' }: NonNullable<Way['probe']>) => ({
    ...{ kind: 'http' as const, url: `http://${host}:${port}/`, interval_ms: 1000 },
    ...{ timeout_ms: 400, failures_before_down: 2 },
  });

  /** @param says what its sentence comes to say: the reason may be known a moment after the finding */
  async function untilFound(service: string, finding: Finding, says = /./): Promise<Service> {
    let last: Service | null = null;
    await until(
      `${service} to be ${finding}`,
      async () => {
        last = await house.service('media-01', service);
        return findingOf(last) === finding && says.test(findingSentence(last));
      },
      SEEN_WITHIN_MS,
    ).catch((cause: unknown) => {
      const { journal: _, ...why } = { journal: [], ...last?.why };
      const told = last === null ? null : { ...last, why };
      throw new Error(
        `${service} is not ${finding}, but ${last && findingOf(last)}: ${JSON.stringify(told)}`,
        { cause },
      );
    });
    return house.service('media-01', service);
  }

  const handsFor = (way: Way): Hands => ({
    server,
    ctl: (...words) => server.exec(['systemctl', ...words]),
    sh: (line) => server.exec(['/bin/bash', '-c', line]),
    seen: async (finding) => void (await untilFound(way.service, finding)),
  });

  test.each(WAYS.map((way) => [way.name, way.isNow, way] as const))('%s: %s', async (_name, finding, way) => {
    await way.happens(handsFor(way));
    const service = await untilFound(way.service, finding, way.says);
    if (way.says !== undefined) expect(findingSentence(service)).toMatch(way.says);
    expect(findingSentence(service)).toMatch(/^[A-Zs].*\.$/s);
  });

  test('afterwards, when systemd has forgotten the most of them, each is still what it is', async () => {
    const { services } = await house.client.call(api.listExpected, {});
    const found = services.map((service) => `${service.service_name}: ${findingOf(service)}`);
    expect(found.toSorted()).toEqual(WAYS.map(({ service, isNow }) => `${service}: ${isNow}`).toSorted());
  });

  test('a service that is expected under another name is there once', async () => {
    const { services } = await house.client.call(api.listServices, { params: SERVER });
    const names = services.map(({ service_name }) => service_name);
    expect(names.filter((name) => name === 'other-name' || name === 'real-name')).toEqual(['other-name']);
  });

  test.each([
    ['a template without an instance', 'worker@', /template/],
    ['a unit of a user', 'syncthing.service@user:alice', /manager of that user/],
  ])('%s is refused, and told what to do', async (_what, service_name, says) => {
    const refused = await house.client
      .call(api.expectService, { params: SERVER, body: { service_name } })
      .catch((problem: unknown) => problem);
    expect(refused).toBeInstanceOf(ProblemAnswer);
    const { problem } = refused as ProblemAnswer;
    expect([problem.status, problem.errors?.[0]?.path]).toEqual([422, 'service_name']);
    expect(problem.errors?.[0]?.message).toMatch(says);
  });
});
